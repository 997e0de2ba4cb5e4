import ModelFormats

extension Preprocessor {
  /// An array of floats of the model's own shape as it is: prepared by a pipeline of its owner's.
  ///
  /// What is drawn on is the picture that the model's own preprocessing would have made it of, where that has levels in 0…255; else the least
  /// number is black and the most white. Of a model that takes pictures of any size, an array is a tensor where its channels come before
  /// its rows.
  ///
  /// - Returns: nil for what is a picture.
  /// - Throws: `InputError` without a subject for numbers that are neither.
  func prepared(_ decoded: DecodedImage) throws(InputError) -> PreprocessedImage? {
    guard let values = decoded.values else { return nil }
    let (size, channels) = (decoded.size, decoded.channels)
    let fits = inputSize.map { $0 == (size.height, size.width) } ?? values.isTensor
    guard fits && channels == (isGray ? 1 : 3) else {
      if values.isPicture { return nil }
      let due = inputSize.map { "\(isGray ? 1 : 3)×\($0.height)×\($0.width)" } ?? "\(isGray ? 1 : 3) channels first"
      throw InputError(
        "", "is \(channels)×\(size.height)×\(size.width) with numbers from \(values.least) to \(values.most)",
        remedy: "a tensor of the model's \(due), or a picture with levels in 0…1 or 0…255")
    }
    let tensor = Tensor(Shape(1, channels, size.height, size.width)) { target in
      for (place, number) in values.numbers.enumerated() { target[place] = number }
    }
    let geometry = CropGeometry(
      imageWidth: size.width, imageHeight: size.height, x: 0, y: 0, width: Double(size.width),
      height: Double(size.height))
    return PreprocessedImage(crop: drawn(values, size, channels), tensor: tensor, geometry: geometry)
  }

  private func drawn(_ values: DecodedImage.Values, _ size: ImageSize, _ channels: Int) -> Image {
    func level(_ place: Int) -> Float {
      let channel = place % channels
      let (mean, std) = (Float(specification.mean[channel]), Float(specification.std[channel]))
      return (values.numbers[place] * std + mean) * Float(specification.scale)
    }
    let isUsual = values.numbers.indices.allSatisfy { (-0.5...255.5).contains(level($0)) }
    let factor = values.most > values.least ? 255 / (values.most - values.least) : 0
    let isReversed = specification.channels == .bgr
    let image = Image(width: size.width, height: size.height, channels: channels) { target in
      for place in target.indices {
        let shown = isUsual ? level(place) : (values.numbers[place] - values.least) * factor
        let to = isReversed ? place / channels * channels + channels - 1 - place % channels : place
        target[to] = UInt8(max(0, min(255, shown.rounded(.toNearestOrEven))))
      }
    }
    return isGray ? image : image.convertedToRGB()
  }
}
