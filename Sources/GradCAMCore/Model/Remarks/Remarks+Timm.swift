import ModelFormats

extension Remarks {
  /// timm's `resolve_data_config` and `transforms_imagenet_eval` (1.0.31, `timm/data`): a picture is resized to the input's size divided by
  /// `crop_pct`, cut down to integers, and the middle is cropped. `crop_mode` says how it is resized: its shorter side (`center`), both
  /// sides (`squash`), or its longer side with a border in the colour of the mean (`border`). `test_input_size` is left to those who ask for it.
  static func timm(_ fields: [String: PlainValue]) throws(InputError) -> Preprocessing {
    var preprocessing = Preprocessing(
      interpolation: .bicubic, mean: try fields.numbers("mean") ?? imagenetMean,
      std: try fields.numbers("std") ?? imagenetStd)
    if let name = fields["interpolation"]?.text, !name.isEmpty {
      guard let interpolation = Interpolation(rawValue: name) else {
        throw wrong("interpolation", "way to resize that is known")
      }
      preprocessing.interpolation = interpolation
    }
    guard let size = try fields.numbers("input_size") else { return preprocessing }
    let sides = size.dropFirst().compactMap { Int(exactly: $0) }
    let named = fields["crop_pct"]?.number ?? 0
    let share = named == 0 ? 0.875 : named
    guard sides.count == 2, size.count == 3, share > 0, share.isFinite, sides.allSatisfy(isSide) else {
      throw wrong("input_size", "size of an image")
    }
    let resized = sides.map { cut(Double($0) / share) }
    let (height, width) = (resized[0], resized[1])
    switch fields["crop_mode"]?.text {
    case "squash": preprocessing.resize = .size(height: height, width: width)
    case "border":
      preprocessing.resize = .within(height: height, width: width)
      preprocessing.border = preprocessing.mean.map { (255 * $0).rounded(.toNearestOrEven) }
    case nil, "", "center":
      preprocessing.resize = height == width ? .shortSide(height) : .covering(height: height, width: width)
    default: throw wrong("crop_mode", "way to crop that is known")
    }
    preprocessing.crop = .size(height: sides[0], width: sides[1])
    return preprocessing
  }

  static let imagenetMean = [0.485, 0.456, 0.406]
  static let imagenetStd = [0.229, 0.224, 0.225]

  /// A length cut down to an integer that can be a side.
  static func cut(_ length: Double) -> Int {
    Int(max(1, min(length.rounded(.down), Double(Preprocessing.longestSide))))
  }

  static func isSide(_ side: Int) -> Bool { (1...Preprocessing.longestSide).contains(side) }
}
