/// A picture's width and height in pixels.
public struct ImageSize: Sendable, Hashable {
  /// In pixels.
  public let width, height: Int

  /// A size in pixels.
  public init(width: Int, height: Int) { (self.width, self.height) = (width, height) }
}

/// An 8-bit picture: gray or RGB samples, row by row, the channels of a pixel side by side.
public struct Image: Sendable, Equatable {
  /// In pixels.
  public let width, height: Int
  /// 1 for gray, 3 for RGB.
  public let channels: Int
  /// `height` · `width` · `channels` samples.
  public var samples: [UInt8]

  /// A picture of these samples.
  ///
  /// - Precondition: they fill it exactly.
  public init(width: Int, height: Int, channels: Int, samples: [UInt8]) {
    precondition(samples.count == width * height * channels, "samples that do not fill the picture")
    (self.width, self.height, self.channels, self.samples) = (width, height, channels, samples)
  }

  /// A picture of one colour: a level for each channel.
  public init(width: Int, height: Int, filledWith color: [UInt8]) {
    var samples = [UInt8](repeating: color.first ?? 0, count: width * height * color.count)
    if Set(color).count > 1 {
      for index in samples.indices { samples[index] = color[index % color.count] }
    }
    self.init(width: width, height: height, channels: color.count, samples: samples)
  }

  /// Its width and height.
  public var size: ImageSize { ImageSize(width: width, height: height) }

  /// A picture whose samples `fill` writes, all of them.
  init(
    width: Int, height: Int, channels: Int, filling fill: (UnsafeMutableBufferPointer<UInt8>) throws -> Void
  ) rethrows {
    let count = width * height * channels
    let samples = try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      try fill(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      initialized = count
    }
    self.init(width: width, height: height, channels: channels, samples: samples)
  }

  /// The picture in RGB: gray replicated, RGB as it is.
  public func convertedToRGB() -> Image {
    if channels == 3 { return self }
    return Image(width: width, height: height, channels: 3) { target in
      for (index, level) in samples.enumerated() {
        target[index * 3] = level
        target[index * 3 + 1] = level
        target[index * 3 + 2] = level
      }
    }
  }

  /// The picture in gray, by PIL's L = (19595·R + 38470·G + 7471·B + 32768) >> 16.
  public func convertedToGray() -> Image {
    if channels == 1 { return self }
    return samples.withUnsafeBufferPointer { source in
      Image(width: width, height: height, channels: 1) { target in
        for index in target.indices {
          let (r, g, b) = (UInt32(source[index * 3]), UInt32(source[index * 3 + 1]), UInt32(source[index * 3 + 2]))
          target[index] = UInt8(truncatingIfNeeded: (19595 * r + 38470 * g + 7471 * b + 32768) >> 16)
        }
      }
    }
  }

  /// Copies `picture` in, its upper left corner at (`x`, `y`).
  ///
  /// - Precondition: it has as many channels and lies inside.
  public mutating func place(_ picture: Image, x: Int, y: Int) {
    precondition(picture.channels == channels, "pictures of different channels")
    precondition(x >= 0 && y >= 0 && x + picture.width <= width && y + picture.height <= height, "outside the picture")
    let length = picture.width * channels
    for row in 0..<picture.height {
      let start = ((y + row) * width + x) * channels
      samples.replaceSubrange(start..<start + length, with: picture.samples[row * length..<(row + 1) * length])
    }
  }
}
