public import ModelFormats

/// An image as a network takes it.
public struct PreprocessedImage: Sendable {
  /// What the model sees, in 8 bits: RGB, or gray for a model of one channel.
  public let crop: Image
  /// The same as numbers, of the shape 1 C H W.
  public let tensor: Tensor
  /// Where in the image the crop lies.
  public let geometry: CropGeometry
}

/// Turns images into a network's input, as torchvision's `Resize`, `CenterCrop`, `ToTensor` and `Normalize` do: of an
/// 8-bit image the crop is the same to the byte, the tensor to the bit. Samples of more bits, and those that a window
/// maps, are resized in single precision as Pillow's mode "F" is.
public struct Preprocessor: Sendable {
  /// What is done, with nothing left open.
  public let specification: Preprocessing
  let inputSize: (height: Int, width: Int)?

  /// - Parameter inputSize: what the model takes; nil where any size will do.
  init(_ specification: Preprocessing, inputSize: (height: Int, width: Int)?) {
    (self.specification, self.inputSize) = (specification, inputSize)
  }

  /// Prepares one image of 8 bits.
  ///
  /// - Parameters:
  ///   - image: turned upright.
  ///   - reduction: how `image` comes from the whole picture, where it is less than that; the crop lies where it does on
  ///     the whole.
  /// - Throws: `InputError` without a subject where the image's shape makes the result too large, or one that the
  ///   model cannot take.
  public func apply(to image: Image, reducedBy reduction: ImageReduction? = nil) throws(InputError) -> PreprocessedImage
  {
    try apply(to: DecodedImage(image, reducedBy: reduction))
  }

  /// Prepares one image, turned upright; errors are those of the other form.
  public func apply(to decoded: DecodedImage) throws(InputError) -> PreprocessedImage {
    if let prepared = try prepared(decoded) { return prepared }
    return try resized(decoded)
  }

  /// Prepares an image, and makes it what overlays are drawn on, where each takes the other's work; errors are those of `apply`.
  func applyAndShow(_ decoded: DecodedImage) throws(InputError) -> (prepared: PreprocessedImage, shown: Image) {
    if let prepared = try prepared(decoded) { return (prepared, prepared.crop) }
    let image = decoded.shown(as: specification)
    return (try resized(decoded, shown: image), image)
  }

  /// - Parameter shown: the image in 8 bits, where it was made before.
  private func resized(_ decoded: DecodedImage, shown: Image? = nil) throws(InputError) -> PreprocessedImage {
    let original = decoded.reduction?.original ?? decoded.size
    let (columns, rows) = cropAxes(of: original)
    try checkSize(columns, rows, of: original)
    let (crop, tensor) =
      decoded.isResizedInFloats(as: specification)
      ? floats(decoded, columns, rows) : bytes(decoded, shown ?? decoded.shown(as: specification), columns, rows)
    let scaleX = Double(original.width) / Double(columns.length)
    let scaleY = Double(original.height) / Double(rows.length)
    let geometry = CropGeometry(
      imageWidth: original.width, imageHeight: original.height, x: Double(columns.start) * scaleX,
      y: Double(rows.start) * scaleY, width: Double(columns.count) * scaleX, height: Double(rows.count) * scaleY)
    return PreprocessedImage(crop: crop, tensor: tensor, geometry: geometry)
  }

  /// An image in 8 bits, as the specification has its samples read: what overlays are drawn on.
  public func shown(_ decoded: DecodedImage) -> Image {
    if let prepared = try? prepared(decoded) { return prepared.crop }
    return decoded.shown(as: specification)
  }

  var isGray: Bool { specification.channels == .gray }

  /// What a sample of 0 becomes when it enters the network, by channel.
  var black: [Float] {
    zip(specification.mean, specification.std).map { (0 - Float($0.0)) / Float($0.1) }
  }

  /// The border's colour in whole samples, one where all channels have the same. A model of gray sees the colour as gray.
  private var border: [Float] {
    let colour = specification.border.map { Float($0.rounded(.toNearestOrEven)) }
    guard colour.count == 3, colour != Array(repeating: colour[0], count: 3) else { return [colour[0]] }
    if !isGray { return colour }
    let samples = colour.map { UInt8($0) }
    return [Float(Image(width: 1, height: 1, filledWith: samples).convertedToGray().samples[0])]
  }

  private func bytes(
    _ decoded: DecodedImage, _ image: Image, _ columns: CropAxis, _ rows: CropAxis
  ) -> (Image, Tensor) {
    let source = isGray ? image.convertedToGray() : image
    let inside = source.resized(
      from: decoded.reduction.map { ($0.columns, $0.rows) }, width: columns.length, height: rows.length,
      columns: columns.inside, rows: rows.inside,
      specification.interpolation, antialias: specification.antialias, as: specification.pillow)
    let border = self.border.map { UInt8($0) }
    // A border in colour makes a coloured picture of a gray one.
    let colored = border.count > inside.channels ? inside.convertedToRGB() : inside
    let padded = colored.padded(
      left: columns.padding, top: rows.padding, width: columns.count, height: rows.count, with: border)
    let crop = isGray ? padded : padded.convertedToRGB()
    return (crop, tensor(of: crop))
  }

  private func floats(_ decoded: DecodedImage, _ columns: CropAxis, _ rows: CropAxis) -> (Image, Tensor) {
    func axis(_ source: Int, _ box: Range<Double>?, _ axis: CropAxis) -> ResamplingAxis {
      ResamplingAxis(
        source: source, box: box, target: axis.length, wanted: axis.inside,
        interpolation: specification.interpolation, antialias: specification.antialias)
    }
    let size = decoded.size
    let resampler = FloatResampler(
      columns: axis(size.width, decoded.reduction?.columns, columns),
      rows: axis(size.height, decoded.reduction?.rows, rows),
      goesDownFirst: specification.pillow.goesDownFirst(
        from: size, to: ImageSize(width: columns.length, height: rows.length)))
    let levels = SampleLevels(of: decoded, as: specification)
    let channels = isGray ? 1 : decoded.channels
    let inside = resampler.resize(width: size.width, channels: channels) { row, target in
      decoded.readRow(row, levels, toGray: isGray, into: target)
    }
    let crop = inside.padded(
      left: columns.padding, top: rows.padding, width: columns.count, height: rows.count, with: border)
    let shown = isGray ? crop.rounded : crop.rounded.convertedToRGB()
    return (shown, tensor(of: crop))
  }

  /// The least size at which a picture of a size shows the model nearly the same: what it is resized to, or the whole
  /// where resizing picks pixels out, which a picture that was averaged before does not hold.
  public func leastSize(of original: ImageSize) -> ImageSize {
    guard specification.antialias, specification.interpolation != .nearest else { return original }
    let (columns, rows) = cropAxes(of: original)
    return ImageSize(width: columns.length, height: rows.length)
  }

  /// The most bytes that preparing a picture takes beside its samples, those of the picture in 8 bits, which stay, and the pixels that
  /// the model sees.
  public func memory(for extent: PictureExtent) -> (passing: Int, shown: Int, crop: Int) {
    let isShownOtherwise = extent.sampleBytes > 1 || specification.window != nil
    let pixels = extent.size.width * extent.size.height
    let channels = isGray ? 1 : extent.channels
    let bytes = isShownOtherwise && specification.bits != .eight ? MemoryLayout<Float>.stride : 1
    func resampled(_ whole: ImageSize, _ size: ImageSize) -> Int {
      let (columns, rows) = cropAxes(of: whole)
      let span = ResamplingAxis.size(
        source: size.height, target: max(rows.length, 1), wanted: rows.inside.count,
        interpolation: specification.interpolation, antialias: specification.antialias
      ).span
      // Either pass may come first.
      let first = max(saturatingProduct(span, columns.inside.count), saturatingProduct(rows.count, size.width))
      // The crop in its own channels and in RGB, and the tensor.
      let crop = saturatingProduct(saturatingProduct(rows.count, columns.count), 3 * (bytes + 2 + 4))
      return saturatingSum(saturatingProduct(first, channels * bytes), crop)
    }
    var passing = resampled(extent.whole, extent.size)
    if extent.isTurned { passing = max(passing, resampled(extent.whole.turned, extent.size.turned)) }
    if isGray && extent.channels > 1 { passing = saturatingSum(passing, pixels) }
    let (columns, rows) = cropAxes(of: extent.whole)
    return (passing, isShownOtherwise ? pixels * extent.channels : 0, saturatingProduct(columns.count, rows.count))
  }

  fileprivate func inputSize(of image: ImageSize) -> ImageSize {
    let (columns, rows) = cropAxes(of: image)
    return ImageSize(width: columns.count, height: rows.count)
  }

  private func cropAxes(of image: ImageSize) -> (columns: CropAxis, rows: CropAxis) {
    var (height, width) = (image.height, image.width)
    switch specification.resize {
    case .shortSide(let side):
      let (short, long) = (min(width, height), max(width, height))
      let other = Int(Double(side * long) / Double(short))
      (height, width) = height < width ? (side, other) : (other, side)
    case .size(let newHeight, let newWidth): (height, width) = (newHeight, newWidth)
    case .covering(let newHeight, let newWidth), .within(let newHeight, let newWidth):
      // timm's `ResizeKeepRatio`, in its order of operations.
      let ratios = (Double(height) / Double(newHeight), Double(width) / Double(newWidth))
      var ratio = min(ratios.0, ratios.1)
      if case .within = specification.resize { ratio = max(ratios.0, ratios.1) }
      let sides = [height, width].map { max(1, Int((Double($0) / ratio).rounded(.toNearestOrEven))) }
      (height, width) = (sides[0], sides[1])
    case nil, .some(.none): break
    }
    guard case .size(let cropHeight, let cropWidth) = specification.crop else {
      return (CropAxis(length: width, count: width), CropAxis(length: height, count: height))
    }
    let rounding = specification.cropRounding
    return (
      CropAxis(length: width, count: cropWidth, rounding), CropAxis(length: height, count: cropHeight, rounding)
    )
  }

  /// Refuses what would take memory without bound: a strip a pixel wide becomes endless at any short side.
  private func checkSize(_ columns: CropAxis, _ rows: CropAxis, of image: ImageSize) throws(InputError) {
    if let inputSize, inputSize != (rows.count, columns.count) {
      throw InputError(
        "", "becomes \(rows.count)×\(columns.count), and the model takes \(inputSize.height)×\(inputSize.width)",
        remedy: "\(.preprocess) crop=\(inputSize.height)x\(inputSize.width)")
    }
    func work(_ source: Int, _ axis: CropAxis) -> (span: Int, weights: Int) {
      ResamplingAxis.size(
        source: source, target: axis.length, wanted: axis.inside.count, interpolation: specification.interpolation,
        antialias: specification.antialias)
    }
    let (horizontal, vertical) = (work(image.width, columns), work(image.height, rows))
    // Either pass may come first, the vertical one over whole rows where it makes fewer of them than there are.
    let sizes = [
      rows.count * columns.count, vertical.span * columns.inside.count, 8 * horizontal.weights, 8 * vertical.weights,
      columns.length, rows.length,
    ]
    guard sizes.allSatisfy({ $0 <= Self.mostPixels }) else {
      throw InputError(
        "", "is \(image.width)×\(image.height) pixels large and would become \(columns.length)×\(rows.length)",
        remedy: "choose another \(.preprocess) resize")
    }
  }

  /// The most pixels of a result, and of what is computed on the way to it.
  static let mostPixels = 1 << 28

  /// In torchvision's order of operations and in its single precision.
  private func tensor(of crop: FloatImage) -> Tensor {
    let (channels, isReversed) = (isGray ? 1 : 3, specification.channels == .bgr)
    return Tensor(Shape(1, channels, crop.height, crop.width)) { target in
      crop.samples.withUnsafeBufferPointer { samples in
        for channel in 0..<channels {
          let source = min(isReversed ? channels - 1 - channel : channel, crop.channels - 1)
          let (mean, std) = (Float(specification.mean[channel]), Float(specification.std[channel]))
          for pixel in 0..<crop.width * crop.height {
            let share = samples[pixel * crop.channels + source] / Float(specification.scale)
            target[pixel * channels + channel] = (share - mean) / std
          }
        }
      }
    }
  }

  private func tensor(of crop: Image) -> Tensor {
    let channels = crop.channels
    let isReversed = specification.channels == .bgr
    // All that a sample can become, in torchvision's order of operations and in its single precision, channel by channel.
    let values = (0..<channels).flatMap { channel -> [Float] in
      let (mean, std) = (Float(specification.mean[channel]), Float(specification.std[channel]))
      return (0..<256).map { (Float($0) / Float(specification.scale) - mean) / std }
    }
    return Tensor(Shape(1, channels, crop.height, crop.width)) { target in
      crop.samples.withUnsafeBufferPointer { samples in
        values.withUnsafeBufferPointer { values in
          for start in stride(from: 0, to: samples.count, by: channels) {
            for channel in 0..<channels {
              let source = isReversed ? channels - 1 - channel : channel
              target[start + channel] = values[channel << 8 | Int(samples[start + source])]
            }
          }
        }
      }
    }
  }
}

extension Preprocessing {
  /// The size of what a network sees of an image, whose preparation leaves nothing open.
  ///
  /// - Throws: `InputError` without a subject where that would be too large.
  public func inputSize(of image: ImageSize) throws(InputError) -> ImageSize {
    guard min(image.width, image.height) > 0, max(image.width, image.height) < 1 << 31 else {
      throw InputError("", "is no image of \(image.width)×\(image.height) pixels")
    }
    let size = Preprocessor(self, inputSize: nil).inputSize(of: image)
    guard size.width <= Preprocessor.mostPixels / max(size.height, 1) else {
      throw InputError("", "would become \(size.width)×\(size.height) pixels")
    }
    return size
  }
}

/// One axis of torchvision's `CenterCrop`, or of transformers' `center_crop`: where the crop lies on the resized picture.
private struct CropAxis {
  /// The resized picture's length.
  let length: Int
  /// The crop's length.
  let count: Int
  /// The crop's first pixel on the resized picture; negative where it is padded.
  let start: Int

  init(length: Int, count: Int, _ rounding: Preprocessing.CropRounding = .even) {
    (self.length, self.count) = (length, count)
    guard rounding == .even else {
      // Down, also where it is negative.
      start = (length - count) >> 1
      return
    }
    // The shorter half of the padding goes first; a half-pixel offset is rounded to even.
    let offset = Double(length - count) / 2
    start = length < count ? -((count - length) / 2) : Int(offset.rounded(.toNearestOrEven))
  }

  /// The part of the resized picture that the crop shows.
  var inside: Range<Int> { max(start, 0)..<min(start + count, length) }
  /// The padding before that part.
  var padding: Int { max(-start, 0) }
}

extension Image {
  /// The picture on one of another size in a single colour.
  fileprivate func padded(left: Int, top: Int, width: Int, height: Int, with colour: [UInt8]) -> Image {
    if (width, height) == (self.width, self.height) { return self }
    let colour = colour.count == channels ? colour : Array(repeating: colour[0], count: channels)
    var result = Image(width: width, height: height, filledWith: colour)
    result.place(self, x: left, y: top)
    return result
  }
}
