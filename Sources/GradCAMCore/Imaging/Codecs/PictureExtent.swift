/// How large a picture is, as its file's header says it: what is known before memory is taken for it.
public struct PictureExtent: Sendable {
  /// The whole picture's width and height, as stored.
  public let whole: ImageSize
  /// What is decoded of it: fewer pixels where less will do.
  public let size: ImageSize
  /// 1 for gray, 3 for RGB.
  public let channels: Int
  /// 1, or 2 for samples of more than 8 bits.
  public let sampleBytes: Int
  /// Whether the picture is turned upright, which takes a second one.
  public let isTurned: Bool
  /// What the codec takes beside the samples.
  let workingBytes: Int

  init(
    whole: ImageSize, size: ImageSize, channels: Int, sampleBytes: Int, isTurned: Bool = false, workingBytes: Int = 0
  ) {
    (self.whole, self.size, self.channels, self.sampleBytes) = (whole, size, channels, sampleBytes)
    (self.isTurned, self.workingBytes) = (isTurned, workingBytes)
  }

  /// The bytes of the samples.
  public var bytes: Int { size.width * size.height * channels * sampleBytes }

  /// The most bytes that decoding takes, the samples included.
  public var decodingBytes: Int { saturatingSum(bytes, max(workingBytes, isTurned ? bytes : 0)) }
}
