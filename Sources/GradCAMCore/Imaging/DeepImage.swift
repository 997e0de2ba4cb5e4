/// A picture of more than 8 bits a sample: gray or RGB, row by row, the channels of a pixel side by side.
public struct DeepImage: Sendable, Equatable {
  /// In pixels.
  public let width, height: Int
  /// 1 for gray, 3 for RGB.
  public let channels: Int
  /// `height` · `width` · `channels` samples, as the file holds them.
  public let samples: [UInt16]
  /// The value that stands for white, or for all of a colour, in the file's format: 65535 in PNG, what a PGM or PPM names.
  public let most: Int
  /// How the file says that samples lie in 16 bits; nil where it says nothing of it.
  public let significance: SampleSignificance?
  /// How 8 bits are made of them.
  let narrowing: Narrowing
  /// The largest sample.
  let largest: Int

  /// What makes 8 bits of a sample: both are Pillow's, of one kind of file or another.
  enum Narrowing: Sendable {
    /// The upper 8 of 16 bits, after scaling to 16.
    case cut
    /// The nearest of 256 levels.
    case rounded
  }

  /// - Precondition: the samples fill the picture exactly, and none is above `most`.
  init(
    width: Int, height: Int, channels: Int, samples: [UInt16], most: Int, significance: SampleSignificance? = nil,
    narrowing: Narrowing = .cut
  ) {
    precondition(samples.count == width * height * channels, "samples that do not fill the picture")
    (self.width, self.height, self.channels, self.samples) = (width, height, channels, samples)
    (self.most, self.significance, self.narrowing) = (most, significance, narrowing)
    largest = Int(samples.reduce(0) { max($0, $1) })
  }

  /// Its width and height.
  public var size: ImageSize { ImageSize(width: width, height: height) }

  /// The picture in 8 bits, as Pillow makes them of colour: what a file says of significant bits is not asked. Gray, which
  /// Pillow clips at 255, is cut as colour is.
  public func narrowed() -> Image {
    let levels = (0...most).map { value -> UInt8 in
      switch narrowing {
      case .cut: UInt8(Int((Double(value) / Double(most) * 65535).rounded(.toNearestOrEven)) >> 8)
      case .rounded: UInt8((Double(value) / Double(most) * 255).rounded(.toNearestOrEven))
      }
    }
    return mapped(by: Array(repeating: levels, count: channels))
  }

  /// The picture in 8 bits.
  ///
  /// - Parameter tables: by channel, the level of each sample that can be.
  func mapped(by tables: [[UInt8]]) -> Image {
    samples.withUnsafeBufferPointer { source in
      Image(width: width, height: height, channels: channels) { target in
        for channel in 0..<channels {
          tables[channel].withUnsafeBufferPointer { table in
            for place in stride(from: channel, to: target.count, by: channels) {
              target[place] = table[Int(source[place])]
            }
          }
        }
      }
    }
  }

  /// The picture turned upright; see `Image.oriented`.
  func oriented(_ orientation: Int) -> DeepImage {
    guard let turn = OrientationWalk(orientation, width: width, height: height) else { return self }
    return DeepImage(
      width: turn.width, height: turn.height, channels: channels,
      samples: turn.rearranged(samples, channels: channels), most: most, significance: significance,
      narrowing: narrowing)
  }
}

/// Which bits of 16 carry a picture, as a PNG's sBIT chunk says it.
///
/// The format has samples of fewer bits scaled to fill all 16, so that the significant ones are the upper. Many writers
/// of detectors' pictures name the bits and leave the samples as they are: the lower ones then.
public struct SampleSignificance: Sendable, Equatable {
  /// By channel, 1…16.
  public let bits: [Int]
  /// Whether they are the lower bits.
  public let isLow: Bool
  /// Whether nearly all samples would fit the lower bits of a picture that is read by its upper ones: a dark one, one of
  /// still fewer bits, or one with a few samples too large.
  let mayBeLow: Bool

  /// - Parameters:
  ///   - bits: by channel.
  ///   - samples: the picture's, by channel in turn.
  /// - Returns: nil where all 16 bits are significant, or a number of bits is impossible.
  init?(bits: [Int], of samples: [UInt16]) {
    guard bits.allSatisfy((1...16).contains), bits.contains(where: { $0 < 16 }) else { return nil }
    self.bits = bits
    // A small sample may be a dark picture's that was scaled up.
    var (largeCount, isScaled) = (0, true)
    for (index, sample) in samples.enumerated() {
      let count = bits[index % bits.count]
      if Int(sample) >= 1 << count { largeCount += 1 }
      isScaled = isScaled && Self.isScaled(Int(sample), from: count)
    }
    isLow = largeCount == 0 && !isScaled
    // A sample that scaling does not give breaks the format; one in a thousand may be a dead pixel.
    mayBeLow = largeCount == 0 ? isScaled : !isScaled && largeCount <= samples.count / 1000
  }

  /// Whether a sample is what scaling one of so many bits to 16 gives: shifted, or in proportion. Below the upper bits
  /// of a small sample, repeating its bits gives the same as shifting.
  private static func isScaled(_ sample: Int, from bits: Int) -> Bool {
    let (original, white) = (sample >> (16 - bits), 1 << bits - 1)
    return sample == original << (16 - bits) || sample == (original * 65535 + white / 2) / white
  }
}
