public import ModelFormats

/// What is done to an image before a network sees it: the keys of the parameter `preprocess`.
///
/// What is nil is the model's to say; `resolved(inputSize:channels:)` fills it in.
public struct Preprocessing: Sendable, Hashable {
  /// What size the picture gets first.
  public enum Resize: Sendable, Hashable {
    /// The shorter side gets this length, and the other keeps the picture's shape (its length cut to an integer).
    case shortSide(Int)
    /// Both sides get theirs, whatever that does to the picture's shape.
    case size(height: Int, width: Int)
    /// The picture keeps its shape and covers these sides, or lies within them; one side is exact, the other rounded half to even.
    case covering(height: Int, width: Int)
    case within(height: Int, width: Int)
    /// It stays as it is.
    case none
  }

  /// The middle of the resized picture, with a border around it where the picture is smaller.
  public enum Crop: Sendable, Hashable {
    /// So many pixels.
    case size(height: Int, width: Int)
    /// All of it.
    case none
  }

  /// Where the middle lies when a pixel more or fewer is left on one side.
  public enum CropRounding: String, Sendable, Hashable, CaseIterable {
    /// As torchvision and timm have it: half a pixel goes to the even side, and a border of odd width is wider behind the picture.
    case even
    /// As transformers has it: half a pixel is cut off, of a border, too.
    case down
  }

  /// The tensor's channels, in their order.
  public enum Channels: String, Sendable, Hashable, Codable, CaseIterable {
    /// Red, green and blue, or the same turned round, or one of gray.
    case rgb, bgr, gray

    /// How many channels a tensor has.
    public var count: Int { self == .gray ? 1 : 3 }
  }

  /// The first step; nil where the model says.
  public var resize: Resize?
  /// The second; nil where the model says.
  public var crop: Crop?
  /// How the first step samples the picture.
  public var interpolation: Interpolation
  /// Whether it averages where the picture shrinks, as PIL does.
  public var antialias: Bool
  /// The tensor's channels; nil where the model says.
  public var channels: Channels?
  /// What a sample, 0…255, is divided by.
  public var scale: Double
  /// What is taken off after that: one value, or one a channel in the tensor's order.
  public var mean: [Double]
  /// What the difference is divided by: one value, or one a channel in the tensor's order.
  public var std: [Double]
  /// Which samples become black and white; nil for those that the file says.
  public var window: Window?
  /// How samples of more than 8 bits are read.
  public var bits = Bits.auto
  /// Whose resizing it is.
  public var pillow = PillowRelease.newest
  /// Where the crop lies.
  public var cropRounding = CropRounding.even
  /// What lies around a picture that is smaller than its crop: samples from 0 to 255, one or red, green and blue.
  public var border: [Double] = [0]

  /// The model's own sizes and channels, samples from 0 to 1, where nothing else is said.
  public init(
    resize: Resize? = nil, crop: Crop? = nil, interpolation: Interpolation = .bilinear, antialias: Bool = true,
    channels: Channels? = nil, scale: Double = 255, mean: [Double] = [0], std: [Double] = [1]
  ) {
    (self.resize, self.crop) = (resize, crop)
    (self.interpolation, self.antialias) = (interpolation, antialias)
    (self.channels, self.scale, self.mean, self.std) = (channels, scale, mean, std)
  }

  /// The longest side that may be asked for.
  static let longestSide = 1 << 16

  /// What cannot be carried out whatever the model and the image; nil for a sound specification.
  var problem: String? {
    switch resize {
    case .shortSide(let side) where !Self.isSide(side): return "resize=\(side) is no size"
    case .size(let height, let width), .covering(let height, let width), .within(let height, let width):
      if !Self.isSide(height) || !Self.isSide(width) { return "resize=\(height)x\(width) is no size" }
    default: break
    }
    if case .size(let height, let width) = crop, !Self.isSide(height) || !Self.isSide(width) {
      return "crop=\(height)x\(width) is no size"
    }
    // Seen as the arithmetic sees them: a divisor may be zero in single precision only.
    if !Self.isDivisor(scale) || scale < 0 { return "scale=\(scale) divides nothing" }
    if let bad = std.first(where: { !Self.isDivisor($0) }) { return "std=\(bad) divides nothing" }
    if let bad = mean.first(where: { !Float($0).isFinite }) { return "mean=\(bad) is no number" }
    if mean.isEmpty || std.isEmpty { return "mean and std need a value" }
    if border.count != 1 && border.count != 3 || !border.allSatisfy({ (0...255).contains($0) }) {
      return "border=\(Self.text(border)) is no colour"
    }
    return window?.problem
  }

  private static func isSide(_ side: Int) -> Bool { (1...longestSide).contains(side) }
  private static func isDivisor(_ value: Double) -> Bool { Float(value).isFinite && Float(value) != 0 }
}

// MARK: - Model

extension Preprocessing {
  /// The specification with what it leaves open taken from the model, ready for images.
  ///
  /// - Parameters:
  ///   - inputSize: the height and width of the model's input; nil where any will do.
  ///   - channels: the model's input channels.
  /// - Throws: `InputError` about `preprocess` where the model cannot take what it makes.
  public func resolved(inputSize: (height: Int, width: Int)?, channels: Int) throws(InputError) -> Preprocessor {
    if let problem { throw InputError(.preprocess, "\(problem)") }
    var full = self
    full.channels = try resolvedChannels(channels)
    full.mean = try resolved(mean, named: "mean", channels: channels)
    full.std = try resolved(std, named: "std", channels: channels)
    if let (height, width) = inputSize {
      full.resize = resize ?? (height == width ? .shortSide(height) : .size(height: height, width: width))
      full.crop = crop ?? .size(height: height, width: width)
    } else {
      try full.completeSizes()
    }
    if let (height, width) = inputSize, let made = full.fixedSize, made != (height, width) {
      throw InputError(
        .preprocess, "makes \(made.height)×\(made.width) images, and the model takes \(height)×\(width)",
        remedy: "crop=\(height)x\(width)")
    }
    if let (height, width) = inputSize, case .shortSide(let side) = full.resize, full.crop == Crop.none,
      side != min(height, width)
    {
      throw InputError(
        .preprocess, "makes images whose shorter side has \(side) pixels, and the model takes \(height)×\(width)",
        remedy: "crop=\(height)x\(width)")
    }
    if let (height, width) = full.fixedSize, height * width > Preprocessor.mostPixels {
      throw InputError(.preprocess, "makes \(height)×\(width) images, too large for any memory")
    }
    return Preprocessor(full, inputSize: inputSize)
  }

  /// The height and width of every result; nil where it depends on the image.
  var fixedSize: (height: Int, width: Int)? {
    if case .size(let height, let width) = crop { return (height, width) }
    if case .size(let height, let width) = resize, crop == Crop.none { return (height, width) }
    return nil
  }

  /// Fills resize from crop and crop from resize where the model takes any size.
  private mutating func completeSizes() throws(InputError) {
    switch (resize, crop) {
    case (nil, .size(let height, let width)):
      resize = height == width ? .shortSide(height) : .size(height: height, width: width)
    case (nil, _):
      throw InputError(
        .preprocess, "the model takes images of any size", remedy: "name one: resize=224, or resize=none")
    case (.shortSide(let side), nil): crop = .size(height: side, width: side)
    case (_, nil): crop = Crop.none
    default: break
    }
  }

  private func resolvedChannels(_ count: Int) throws(InputError) -> Channels {
    guard count == 1 || count == 3 else {
      throw InputError(.preprocess, "the model takes \(count) channels, and images have 1 or 3")
    }
    let chosen = channels ?? (count == 1 ? .gray : .rgb)
    guard chosen.count == count else {
      throw InputError(
        .preprocess, "channels=\(chosen.rawValue) makes \(chosen.count), and the model takes \(count)",
        remedy: "channels=\(count == 1 ? "gray" : "rgb")")
    }
    return chosen
  }

  private func resolved(_ values: [Double], named name: String, channels: Int) throws(InputError) -> [Double] {
    if values.count == channels { return values }
    guard values.count == 1 else {
      throw InputError(
        .preprocess, "\(name) has \(values.count) values, and the model takes \(channels) channels",
        remedy: "one value, or one a channel")
    }
    return Array(repeating: values[0], count: channels)
  }
}
