extension TruthBitmap {
  /// The pixels of a mask that are not 0 in one of their channels. A PNG is to be read by `ImageDecoder.Options.isMask`, which goes by its
  /// palette's indices and by alpha; a BMP's palette goes by its colours, and its alpha is not read.
  ///
  /// - Parameter isLossy: of a JPEG's, whose edges ring, those above half of the brightest.
  public init(_ mask: DecodedImage, isLossy: Bool) {
    let (size, channels) = (mask.size, mask.channels)
    func marked(_ isMarked: (Int) -> Bool) -> [Bool] {
      (0..<size.width * size.height).map { pixel in
        (pixel * channels..<(pixel + 1) * channels).contains(where: isMarked)
      }
    }
    let values: [Bool]
    if let numbers = mask.values?.numbers, numbers.count == size.width * size.height * channels {
      values = marked { numbers[$0] != 0 && !numbers[$0].isNaN }
    } else {
      switch mask.content {
      case .plain(let image):
        let most = isLossy ? image.samples.max() ?? 0 : 0
        values = marked { image.samples[$0] > most / 2 }
      case .deep(let image): values = marked { image.samples[$0] > 0 }
      }
    }
    self.init(width: size.width, height: size.height, values: values)
  }
}
