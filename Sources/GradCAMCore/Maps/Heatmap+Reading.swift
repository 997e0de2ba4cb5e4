public import ModelFormats

extension Heatmap {
  /// The map that a file holds as numbers: a float array of two axes, or gray of 16 bits as `png16` writes it.
  ///
  /// - Parameter isSigned: whether the gray levels stand for −1…1.
  /// - Throws: `InputError` without a subject where the file holds something else.
  public init(_ decoded: DecodedImage, isSigned: Bool = false) throws(InputError) {
    guard decoded.channels == 1 else { throw Self.noMap }
    let size = decoded.size
    if let values = decoded.values {
      self.init(width: size.width, height: size.height, values: values.numbers)
      return
    }
    guard case .deep(let image) = decoded.content else { throw Self.noMap }
    let values = image.samples.map { sample in
      let share = Float(Double(sample) / 65535)
      return isSigned ? 2 * share - 1 : share
    }
    self.init(width: size.width, height: size.height, values: values)
  }

  private static let noMap = InputError(
    "", "holds no map's numbers: a picture in colour says too little of them", remedy: "--heatmap FILE.npy")
}
