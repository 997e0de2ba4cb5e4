import ModelFormats

/// Where a picture's height, width and channels are among an array's axes.
struct NumPyLayout {
  let height, width, channels: Int
  /// Whether channels come before rows and columns, or a batch of one before all.
  let isTensor: Bool
  /// How many numbers it is from a row, a column and a channel to the next.
  private let steps: (row: Int, column: Int, channel: Int)

  init(_ header: NumPyHeader) throws(InputError) {
    let shape = header.shape
    let sizes = shape.prefix(6).map(String.init).joined(separator: "×") + (shape.count > 6 ? "×…" : "")
    let shown = shape.isEmpty ? "no axes" : sizes
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in header.isFortran ? Array(shape.indices.dropFirst()) : Array(shape.indices.dropLast().reversed()) {
      let next = header.isFortran ? axis - 1 : axis + 1
      let (product, isOver) = strides[next].multipliedReportingOverflow(by: shape[next])
      guard !isOver, product < 1 << 40 else { throw NumPyHeader.damaged("its shape is \(shown)") }
      strides[axis] = product
    }
    guard !shape.contains(0) else { throw InputError("", "is a .npy array of \(shown), which is empty") }
    var axes = Array(shape.indices)
    if axes.count == 4 {
      guard shape[0] == 1 else {
        throw InputError("", "is a .npy array of \(shown): a batch of \(shape[0])", remedy: "one image a file")
      }
      axes.removeFirst()
    }
    guard axes.count == 2 || axes.count == 3 else {
      throw InputError("", "is a .npy array of \(shown)", remedy: "H W, H W C, C H W or N C H W")
    }
    func isChannels(_ axis: Int) -> Bool { shape[axis] == 1 || shape[axis] == 3 }
    var channel: Int?
    if axes.count == 3 {
      // Channels come first where both ends might be.
      let first = isChannels(axes[0])
      guard first || isChannels(axes[2]) else {
        throw InputError(
          "", "is a .npy array of \(shown), without an axis of 1 or 3 channels", remedy: "H W, H W C, C H W or N C H W")
      }
      channel = first ? axes.removeFirst() : axes.removeLast()
    }
    isTensor = shape.count == 4 || channel.map { $0 < axes[0] } ?? false
    (height, width, channels) = (shape[axes[0]], shape[axes[1]], channel.map { shape[$0] } ?? 1)
    steps = (strides[axes[0]], strides[axes[1]], channel.map { strides[$0] } ?? 0)
  }

  var count: Int { saturatingProduct(saturatingProduct(height, width), channels) }

  /// Numbers row by row, the channels of a pixel side by side.
  ///
  /// - Parameter number: by its place in the file.
  func interleaved<Number>(_ number: (Int) -> Number) -> [Number] {
    [Number](unsafeUninitializedCapacity: count) { target, initialized in
      var to = 0
      for y in 0..<height {
        for x in 0..<width {
          for channel in 0..<channels {
            target.initializeElement(at: to, to: number(y * steps.row + x * steps.column + channel * steps.channel))
            to += 1
          }
        }
      }
      initialized = to
    }
  }
}
