public import ModelFormats

// The text form of preprocessing, `imagenet,crop=256`, and its JSON form, which spells sizes as the text does.

extension Preprocessing: CustomStringConvertible {
  /// The presets by name, in the order in which they are listed.
  public static let presets: KeyValuePairs<String, Preprocessing> = [
    "half": Preprocessing(
      resize: .shortSide(256), crop: .size(height: 256, width: 256), mean: [0.5], std: [0.5]),
    "imagenet": Preprocessing(
      resize: .shortSide(256), crop: .size(height: 224, width: 224), mean: imagenetMean, std: imagenetStd),
    "imagenet-squash": Preprocessing(
      resize: .size(height: 224, width: 224), crop: Crop.none, mean: imagenetMean, std: imagenetStd),
    "unit": Preprocessing(),
    "tf": Preprocessing(scale: 127.5, mean: [1]),
    "caffe": Preprocessing(channels: .bgr, scale: 1, mean: [103.939, 116.779, 123.68]),
    "raw": Preprocessing(scale: 1),
  ]

  private static let imagenetMean = [0.485, 0.456, 0.406]
  private static let imagenetStd = [0.229, 0.224, 0.225]

  /// Reads a specification: a preset, or keys with their values, or a preset and then the keys that change it. What it
  /// does not say is nobody's choice yet; `PreprocessingChange` is for where something is known already.
  ///
  /// - Throws: `InputError` about `preprocess` that names the nearest preset, key or value.
  public init(parsing text: String) throws(InputError) {
    self = try PreprocessingChange(parsing: text).applied(to: Preprocessing())
  }

  /// The specification as text that reads back as the same: every key that is set, presets spelled out.
  public var description: String {
    var items: [String] = []
    if let resize { items.append("resize=\(resize.text)") }
    if let crop { items.append("crop=\(crop.text)") }
    items.append("interpolation=\(interpolation.rawValue)")
    if !antialias { items.append("antialias=off") }
    if let channels { items.append("channels=\(channels.rawValue)") }
    items.append("scale=\(Self.text([scale]))")
    items.append("mean=\(Self.text(Self.shared(mean)))")
    items.append("std=\(Self.text(Self.shared(std)))")
    if let window { items.append("window=\(window.text)") }
    if bits != .auto { items.append("bits=\(bits.text)") }
    if pillow != .newest { items.append("pillow=\(pillow.rawValue)") }
    if cropRounding != .even { items.append("crop-rounding=\(cropRounding.rawValue)") }
    if border != [0] { items.append("border=\(Self.text(Self.shared(border)))") }
    return items.joined(separator: ",")
  }

  /// - Throws: `InputError` without a subject for a value that the key does not take.
  mutating func set(_ key: Key, to text: Substring) throws(InputError) {
    switch key {
    case .resize: resize = try Resize(text)
    case .crop: crop = try Crop(text)
    case .interpolation: interpolation = try Self.choice(text, of: key)
    case .antialias: antialias = try Self.choice(text, of: key, as: Switch.self) == .on
    case .channels: channels = try Self.choice(text, of: key) as Channels
    case .scale: scale = try Self.number(text, of: key)
    case .mean: mean = try Self.numbers(text, of: key)
    case .std: std = try Self.numbers(text, of: key)
    case .window: window = try Window.parsed(text)
    case .bits: bits = try Bits(text)
    case .pillow: pillow = try PillowRelease(text)
    case .cropRounding: cropRounding = try Self.choice(text, of: key)
    case .border: border = try Self.numbers(text, of: key)
    }
  }
}

// MARK: - Words

extension Preprocessing {
  enum Key: String, CaseIterable, CodingKey {
    case resize, crop, interpolation, antialias, channels, scale, mean, std, window, bits, pillow
    case cropRounding = "crop-rounding"
    case border
  }

  private enum Switch: String, CaseIterable { case on, off }

  private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ text: Substring, of key: Key, as type: Choice.Type = Choice.self
  ) throws(InputError) -> Choice {
    if let choice = Choice(rawValue: String(text)) { return choice }
    let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    throw InputError("", "\(key.rawValue)=\(text) is unknown", remedy: "one of \(all)")
  }

  private static func number(_ text: Substring, of key: Key) throws(InputError) -> Double {
    guard let number = Double(text), number.isFinite else {
      throw InputError("", "\(key.rawValue)=\(text) is no number")
    }
    return number
  }

  private static func numbers(_ text: Substring, of key: Key) throws(InputError) -> [Double] {
    var numbers: [Double] = []
    for part in text.split(separator: "/", omittingEmptySubsequences: false) {
      numbers.append(try number(part, of: key))
    }
    return numbers
  }

  static func text(_ numbers: [Double]) -> String {
    numbers.map { $0 == $0.rounded() && abs($0) < 1e15 ? "\(Int($0))" : "\($0)" }.joined(separator: "/")
  }

  /// One value where all channels have the same.
  private static func shared(_ values: [Double]) -> [Double] {
    values.allSatisfy { $0 == values[0] } ? Array(values.prefix(1)) : values
  }
}

// MARK: - Sizes

extension Preprocessing.Resize {
  private static let (cover, contain) = ("cover:", "contain:")

  init(_ text: Substring) throws(InputError) {
    let prefix = [Self.cover, Self.contain].first(where: text.hasPrefix)
    if let prefix {
      let sides = try? sides(text.dropFirst(prefix.count), of: .resize)
      guard let height = sides?.first, let width = sides?.last else { throw noSize(text, of: .resize) }
      self = prefix == Self.cover ? .covering(height: height, width: width) : .within(height: height, width: width)
      return
    }
    let sides = try sides(text, of: .resize)
    switch sides.count {
    case 0: self = .none
    case 1: self = .shortSide(sides[0])
    default: self = .size(height: sides[0], width: sides[1])
    }
  }

  var text: String {
    switch self {
    case .shortSide(let side): "\(side)"
    case .size(let height, let width): "\(height)x\(width)"
    case .covering(let height, let width): "\(Self.cover)\(height)x\(width)"
    case .within(let height, let width): "\(Self.contain)\(height)x\(width)"
    case .none: "none"
    }
  }
}

extension Preprocessing.Crop {
  init(_ text: Substring) throws(InputError) {
    let sides = try sides(text, of: .crop)
    self = sides.isEmpty ? .none : .size(height: sides[0], width: sides[sides.count - 1])
  }

  var text: String {
    switch self {
    case .size(let height, let width): height == width ? "\(height)" : "\(height)x\(width)"
    case .none: "none"
    }
  }
}

/// `224` or `256x320`, each side a count of pixels; none of `none`.
private func sides(_ text: Substring, of key: Preprocessing.Key) throws(InputError) -> [Int] {
  if text == "none" { return [] }
  let parts = text.split(separator: "x", omittingEmptySubsequences: false)
  let sides = parts.compactMap { $0.allSatisfy(\.isNumber) ? Int($0) : nil }
  guard sides.count == parts.count, sides.count <= 2, sides.allSatisfy((1...Preprocessing.longestSide).contains) else {
    throw noSize(text, of: key)
  }
  return sides
}

private func noSize(_ text: Substring, of key: Preprocessing.Key) -> InputError {
  InputError(
    "", "\(key.rawValue)=\(text) is no size",
    remedy: "224, 256x320 (height × width) or none; at most \(Preprocessing.longestSide)")
}

// MARK: - JSON

extension Preprocessing: Codable {
  /// - Throws: `DecodingError` for another type than the key's, `InputError` for a value that cannot be.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: Key.self)
    func size(_ key: Key) throws -> Substring? {
      guard values.contains(key) else { return nil }
      if let number = try? values.decode(Int.self, forKey: key) { return Substring("\(number)") }
      return try values.decodeIfPresent(String.self, forKey: key).map { Substring($0) }
    }
    resize = try size(.resize).map { try Resize($0) }
    crop = try size(.crop).map { try Crop($0) }
    interpolation = try values.decodeIfPresent(Interpolation.self, forKey: .interpolation) ?? interpolation
    antialias = try values.decodeIfPresent(Bool.self, forKey: .antialias) ?? antialias
    channels = try values.decodeIfPresent(Channels.self, forKey: .channels)
    scale = try values.decodeIfPresent(Double.self, forKey: .scale) ?? scale
    mean = try values.decodeIfPresent([Double].self, forKey: .mean) ?? mean
    std = try values.decodeIfPresent([Double].self, forKey: .std) ?? std
    window = try values.decodeIfPresent(String.self, forKey: .window).flatMap { try Window.parsed(Substring($0)) }
    bits = try values.decodeIfPresent(String.self, forKey: .bits).map { try Bits(Substring($0)) } ?? bits
    pillow = try values.decodeIfPresent(Int.self, forKey: .pillow).map { try PillowRelease("\($0)") } ?? pillow
    let rounding = try values.decodeIfPresent(String.self, forKey: .cropRounding)
    cropRounding = try rounding.map { try Self.choice(Substring($0), of: .cropRounding) } ?? cropRounding
    border = try values.decodeIfPresent([Double].self, forKey: .border) ?? border
    if let problem { throw InputError("", "\(problem)") }
  }

  /// Writes every key that is set.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encodeIfPresent(resize?.text, forKey: .resize)
    try values.encodeIfPresent(crop?.text, forKey: .crop)
    try values.encode(interpolation, forKey: .interpolation)
    try values.encode(antialias, forKey: .antialias)
    try values.encodeIfPresent(channels, forKey: .channels)
    try values.encode(scale, forKey: .scale)
    try values.encode(mean, forKey: .mean)
    try values.encode(std, forKey: .std)
    try values.encodeIfPresent(window?.text, forKey: .window)
    try values.encode(bits.text, forKey: .bits)
    try values.encode(pillow.rawValue, forKey: .pillow)
    // Files of most models stay as they were.
    if cropRounding != .even { try values.encode(cropRounding.rawValue, forKey: .cropRounding) }
    if border != [0] { try values.encode(border, forKey: .border) }
  }
}
