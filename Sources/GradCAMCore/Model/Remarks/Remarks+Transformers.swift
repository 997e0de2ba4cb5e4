import ModelFormats

extension Remarks {
  /// What transformers' processors of version 5.24 make of a picture with Pillow (`backend="pil"`, in earlier versions the "slow" ones),
  /// whose resizing is gradcam's own. Those of torchvision, "fast" and today's default, resize in coarser fixed point, where some samples
  /// differ by a level, and have the odd pixel of a border on the other side.
  ///
  /// - Parameter family: `model_type` of `config.json`, which tells the class where the file does not.
  static func transformers(_ fields: [String: PlainValue], family: String?) throws(InputError) -> Preprocessing {
    let type = (fields["image_processor_type"] ?? fields["feature_extractor_type"])?.text
    let (name, usual) = ImageProcessor.named(type, family: family) ?? ("", nil)
    if ImageProcessor.others.contains(name) {
      throw InputError("", "the file's settings are of \(name)ImageProcessor, which does what gradcam does not")
    }
    var preprocessing = Preprocessing()
    try setNumbers(of: &preprocessing, fields, usual)
    // Pillow's numbers.
    if let number = fields["resample"]?.number ?? usual?.resample {
      let ways: [Double: Interpolation] = [0: .nearest, 1: .lanczos, 2: .bilinear, 3: .bicubic, 4: .box, 5: .hamming]
      guard let interpolation = ways[number] else { throw wrong("resample", "way to resize that is known") }
      preprocessing.interpolation = interpolation
    }
    try setSizes(of: &preprocessing, fields, usual)
    return preprocessing
  }

  /// Scale, means and deviations.
  private static func setNumbers(
    of preprocessing: inout Preprocessing, _ fields: [String: PlainValue], _ usual: ImageProcessor?
  ) throws(InputError) {
    if fields["do_rescale"] == .bool(false) {
      preprocessing.scale = 1
    } else if let factor = fields["rescale_factor"]?.number {
      preprocessing.scale = 1 / factor
    }
    let (mean, std) = (try fields.numbers("image_mean"), try fields.numbers("image_std"))
    let deviations = std ?? usual?.std ?? [1]
    if fields["do_normalize"] != .bool(false), usual?.normalizes ?? true {
      (preprocessing.mean, preprocessing.std) = (mean ?? usual?.mean ?? [0], deviations)
    }
    if usual?.name == "MobileViT", fields["do_flip_channel_order"] != .bool(false) { preprocessing.channels = .bgr }
    guard usual?.name == "EfficientNet" else { return }
    if fields["rescale_offset"] == .bool(true) { preprocessing.mean = preprocessing.mean.map { $0 + 1 } }
    // A network with its head gets what is divided by the deviation once more.
    if fields["include_top"] != .bool(false) {
      let first = preprocessing.std.count == 1 ? deviations.map { _ in preprocessing.std[0] } : preprocessing.std
      preprocessing.std = zip(first, deviations).map { $0 * $1 }
    }
  }

  private static func setSizes(
    of preprocessing: inout Preprocessing, _ fields: [String: PlainValue], _ usual: ImageProcessor?
  ) throws(InputError) {
    let isSquare = usual?.isSquare ?? true
    var size: Preprocessing.Resize?
    if let value = fields["size"], value != PlainValue.none {
      size = try sides(value, "size", isSquare: isSquare)
    } else if let usual {
      size = isSquare ? .size(height: usual.size, width: usual.size) : .shortSide(usual.size)
    }
    let resizes = fields["do_resize"] != .bool(false)
    let share = fields["crop_pct"]?.number ?? usual?.share
    if resizes, let share, usual?.name != "PoolFormer" {
      guard share > 0, share.isFinite, case .shortSide(let side) = size else {
        throw wrong("crop_pct", "share of a size")
      }
      preprocessing.sizeLikeConvNext(side, share)
      if fields["do_center_crop"] == .bool(true) { throw wrong("do_center_crop", "part of a ConvNext's settings") }
      return
    }
    if let usual, let named = size { size = try named.adapted(to: usual, share) }
    preprocessing.resize = resizes ? size : Preprocessing.Resize.none
    if case .bool(let crops) = fields["do_center_crop"] ?? .bool(usual?.crops ?? false), crops {
      let value = fields["crop_size"] ?? .number(Double(usual?.crop ?? 0))
      guard case .size(let height, let width) = try sides(value, "crop_size", isSquare: true) else {
        throw wrong("crop_size", "size of an image")
      }
      preprocessing.crop = .size(height: height, width: width)
      preprocessing.cropRounding = .down
    } else if preprocessing.resize != nil {
      preprocessing.crop = Preprocessing.Crop.none
    }
  }

  /// `{"shortest_edge": 256}`, `{"height": 224, "width": 224}`, `[224, 224]` or 224, which `isSquare` decides about.
  private static func sides(
    _ value: PlainValue, _ key: String, isSquare: Bool
  ) throws(InputError) -> Preprocessing.Resize {
    func side(_ value: PlainValue?) -> Int? {
      value?.number.flatMap { Int(exactly: $0) }.flatMap { isSide($0) ? $0 : nil }
    }
    if let one = side(value) { return isSquare ? .size(height: one, width: one) : .shortSide(one) }
    // A longest edge beside it changes what the shortest one becomes.
    if let short = side(value["shortest_edge"]), value["longest_edge"] == nil { return .shortSide(short) }
    let pair = value.elements.flatMap { $0.count == 2 ? ($0[0], $0[1]) : nil }
    guard let height = side(value["height"] ?? pair?.0), let width = side(value["width"] ?? pair?.1) else {
      throw wrong(key, "size of an image")
    }
    return .size(height: height, width: width)
  }
}

extension Preprocessing {
  /// ConvNeXt's: small pictures are resized to more than their size and cropped, those of 384 pixels and more are squashed.
  fileprivate mutating func sizeLikeConvNext(_ side: Int, _ share: Double) {
    if side < 384 {
      (resize, cropRounding) = (.shortSide(Remarks.cut(Double(side) / share)), .down)
      crop = .size(height: side, width: side)
    } else {
      (resize, crop) = (.size(height: side, width: side), Crop.none)
    }
  }
}

extension Preprocessing.Resize {
  /// What processors resize to that take the crop's size in the place of the picture's.
  fileprivate func adapted(to usual: ImageProcessor, _ share: Double?) throws(InputError) -> Preprocessing.Resize {
    switch (usual.name, self) {
    case ("Levit", .shortSide(let side)): return .shortSide(Remarks.cut(256.0 / 224 * Double(side)))
    case ("PoolFormer", _):
      guard let share, share > 0, share.isFinite else { throw Remarks.wrong("crop_pct", "share of a size") }
      switch self {
      case .shortSide(let side): return .shortSide(Remarks.cut(Double(side) / share))
      case .size(let height, let width) where height == width: return .shortSide(Remarks.cut(Double(height) / share))
      case .size(let height, let width):
        return .size(height: Remarks.cut(Double(height) / share), width: Remarks.cut(Double(width) / share))
      default: return self
      }
    default: return self
    }
  }
}
