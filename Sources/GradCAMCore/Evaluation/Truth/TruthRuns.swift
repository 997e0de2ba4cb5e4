public import ModelFormats

/// Pixels of an image as COCO's run-length encoding has them: column by column, the first run beside the finding, every second one in it.
public struct TruthRuns: Sendable, Hashable {
  /// Of the image.
  public let width, height: Int
  /// By run, how many pixels end with it.
  private let ends: [UInt32]

  /// - Parameter counts: the runs' lengths.
  /// - Throws: `InputError` without a subject for runs that do not fill the image.
  public init(width: Int, height: Int, counts: [Int]) throws(InputError) {
    (self.width, self.height) = (width, height)
    let most = try Self.pixels(width, height)
    var (ends, end) = ([UInt32](), 0)
    ends.reserveCapacity(counts.count)
    for count in counts {
      guard count >= 0, count <= most - end else { throw Self.misfit(width, height) }
      end += count
      ends.append(UInt32(end))
    }
    guard end == most else { throw Self.misfit(width, height) }
    self.ends = ends
  }

  /// - Parameter text: pycocotools' spelling: five bits a character, the lowest first; from the third run on what a run has more than the
  ///   second one before it.
  /// - Throws: `InputError` without a subject for text that is none, and runs that do not fill the image.
  public init(width: Int, height: Int, compressed text: String) throws(InputError) {
    let most = try Self.pixels(width, height)
    var (counts, value, shift) = ([Int](), 0, 0)
    for byte in text.utf8 {
      guard (48..<112).contains(byte), shift <= 35 else {
        throw InputError("", "has a mask of runs that make no sense")
      }
      let bits = Int(byte) - 48
      value |= (bits & 0x1F) << shift
      shift += 5
      if bits & 0x20 != 0 { continue }
      if bits & 0x10 != 0 { value |= -1 << shift }
      let count = counts.count > 2 ? value + counts[counts.count - 2] : value
      guard (0...most).contains(count) else { throw Self.misfit(width, height) }
      counts.append(count)
      (value, shift) = (0, 0)
    }
    guard shift == 0 else { throw InputError("", "has a mask of runs that ends too soon") }
    try self.init(width: width, height: height, counts: counts)
  }

  /// Whether no pixel belongs to it.
  public var isEmpty: Bool { !stride(from: 1, to: ends.count, by: 2).contains { ends[$0] > ends[$0 - 1] } }

  func contains(x: Double, y: Double) -> Bool {
    guard x >= 0, y >= 0, x < Double(width), y < Double(height) else { return false }
    let pixel = UInt32(Int(x) * height + Int(y))
    // The first run that ends behind the pixel.
    var (low, high) = (0, ends.count)
    while low < high {
      let middle = (low + high) / 2
      if ends[middle] > pixel { high = middle } else { low = middle + 1 }
    }
    return low % 2 == 1
  }

  private static func pixels(_ width: Int, _ height: Int) throws(InputError) -> Int {
    guard (1...1 << 20).contains(width), (1...1 << 20).contains(height), width * height <= Int(UInt32.max) else {
      throw InputError("", "has a mask of \(width)×\(height) pixels", remedy: "masks of their images' sizes")
    }
    return width * height
  }

  private static func misfit(_ width: Int, _ height: Int) -> InputError {
    InputError("", "has a mask of \(width)×\(height) pixels whose runs do not fill it")
  }
}
