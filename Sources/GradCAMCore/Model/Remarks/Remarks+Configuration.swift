import ModelFormats

extension Remarks {
  /// JSON as timm (`pretrained_cfg`) and Hugging Face's transformers (`preprocessor_config`) have it in files of these names, under a key of
  /// that name (<https://huggingface.co/docs/transformers/main_classes/image_processor>, <https://huggingface.co/docs/timm>).
  static func configuration(_ entries: [String: PlainValue]) throws(InputError) -> Said? {
    for key in ["pretrained_cfg", "preprocessor_config"] {
      guard let value = entries.literal(key) else { continue }
      guard let table = value.entries else { throw wrong(key, "dictionary") }
      let fields = Dictionary(table.map { ($0.key, $0.value) }) { first, _ in first }
      let preprocessing = try key == "pretrained_cfg" ? timm(fields) : transformers(fields)
      return Said(preprocessing: preprocessing, source: "the file's \(key)")
    }
    return nil
  }

  /// timm cuts what the crop is a share of down to an integer.
  private static func timm(_ fields: [String: PlainValue]) throws(InputError) -> Preprocessing {
    var preprocessing = Preprocessing(mean: try fields.numbers("mean") ?? [0], std: try fields.numbers("std") ?? [1])
    if let name = fields["interpolation"]?.text {
      guard let interpolation = Interpolation(rawValue: name) else {
        throw wrong("interpolation", "way to resize that is known")
      }
      preprocessing.interpolation = interpolation
    }
    if let size = try fields.numbers("input_size") {
      let sides = size.dropFirst().compactMap { Int(exactly: $0) }
      let share = fields["crop_pct"]?.number ?? 0.875
      guard sides.count == 2, share > 0, share.isFinite,
        sides.allSatisfy({ (1...Preprocessing.longestSide).contains($0) })
      else { throw wrong("input_size", "size of an image") }
      let (height, width) = (sides[0], sides[1])
      let isSquash = fields["crop_mode"]?.text == "squash" || height != width
      let resized = sides.map { min(Int((Double($0) / share).rounded(.down)), Preprocessing.longestSide) }
      preprocessing.resize = isSquash ? .size(height: resized[0], width: resized[1]) : .shortSide(resized[0])
      preprocessing.crop = .size(height: height, width: width)
    }
    return preprocessing
  }

  private static func transformers(_ fields: [String: PlainValue]) throws(InputError) -> Preprocessing {
    let (rescales, normalizes) = (fields["do_rescale"] != .bool(false), fields["do_normalize"] != .bool(false))
    var preprocessing = Preprocessing(scale: rescales ? 1 / (fields["rescale_factor"]?.number ?? 1 / 255) : 1)
    if normalizes {
      preprocessing.mean = try fields.numbers("image_mean") ?? [0]
      preprocessing.std = try fields.numbers("image_std") ?? [1]
    }
    // PIL's numbers.
    if let number = fields["resample"]?.number {
      guard let interpolation = [0: Interpolation.nearest, 2: .bilinear, 3: .bicubic][number] else {
        throw wrong("resample", "way to resize that is known")
      }
      preprocessing.interpolation = interpolation
    }
    let crops = fields["do_center_crop"] == .bool(true)
    if let size = fields["size"] { preprocessing.resize = try resize(size) }
    if let share = fields["crop_pct"]?.number, share > 0, share <= 1, case .shortSide(let side) = preprocessing.resize {
      // ConvNeXt's: large pictures are squashed.
      let resized = min(Int((Double(side) / share).rounded(.down)), Preprocessing.longestSide)
      preprocessing.resize = side < 384 ? .shortSide(resized) : .size(height: side, width: side)
      preprocessing.crop = .size(height: side, width: side)
      return preprocessing
    }
    if crops, let size = fields["crop_size"] {
      guard case .size(let height, let width) = try resize(size).asSquare else {
        throw wrong("crop_size", "size of an image")
      }
      preprocessing.crop = .size(height: height, width: width)
    } else if case .size(let height, let width) = preprocessing.resize {
      preprocessing.crop = .size(height: height, width: width)
    }
    return preprocessing
  }

  /// `{"shortest_edge": 256}`, `{"height": 224, "width": 224}`, or 224.
  private static func resize(_ value: PlainValue) throws(InputError) -> Preprocessing.Resize {
    let sides = ["shortest_edge", "height", "width"].map { value[$0]?.number.flatMap { Int(exactly: $0) } }
    let isSide = { (side: Int) in (1...Preprocessing.longestSide).contains(side) }
    if let side = value.number.flatMap({ Int(exactly: $0) }) ?? sides[0], isSide(side) {
      return value.number == nil ? .shortSide(side) : .size(height: side, width: side)
    }
    guard let height = sides[1], let width = sides[2], isSide(height), isSide(width) else {
      throw wrong("size", "size of an image")
    }
    return .size(height: height, width: width)
  }
}

extension Preprocessing.Resize {
  /// A short side as the square of that side.
  fileprivate var asSquare: Preprocessing.Resize {
    if case .shortSide(let side) = self { return .size(height: side, width: side) }
    return self
  }
}
