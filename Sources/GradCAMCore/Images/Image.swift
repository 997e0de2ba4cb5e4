/// An 8-bit picture: gray or RGB samples, row by row, the channels of a pixel side by side.
public struct Image: Sendable, Equatable {
  public let width: Int
  public let height: Int
  /// 1 for gray, 3 for RGB.
  public let channels: Int
  /// `height` · `width` · `channels` samples.
  public var samples: [UInt8]

  /// - Precondition: the samples fill the picture exactly.
  public init(width: Int, height: Int, channels: Int, samples: [UInt8]) {
    precondition(samples.count == width * height * channels, "samples that do not fill the picture")
    (self.width, self.height, self.channels, self.samples) = (width, height, channels, samples)
  }
}
