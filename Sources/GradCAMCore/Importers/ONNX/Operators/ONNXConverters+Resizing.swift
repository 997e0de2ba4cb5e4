import ModelFormats

extension ONNXConverters {
  /// Resize has had its sizes at different places: scales alone until operator set 10, behind a region of interest since.
  static func resize(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let isOld = node.opset < 11
    let scales = try optionalNumbers(node, isOld ? 1 : 2)
    let sizes = try node.optionalConstant(3)?.integers
    let coordinates: ResizeCoordinates = try node.choice(
      "coordinate_transformation_mode", default: isOld ? .asymmetric : .halfPixel)
    let rounding: NearestRounding = try node.choice("nearest_mode", default: isOld ? .floor : .roundPreferFloor)
    let cubic = try node.float("cubic_coeff_a", default: -0.75)
    var options = Options()
    options.excludesOutside = try node.int("exclude_outside", default: 0) != 0
    let mode = try mode(node, rounding, cubic, options.excludesOutside)
    options.extrapolation = try node.float("extrapolation_value", default: 0)
    options.antialiases = try node.int("antialias", default: 0) != 0
    options.policy = try node.choice("keep_aspect_ratio_policy", default: .stretch)
    // The region of interest is of crops alone.
    if coordinates != .cropAndResize { node.passOver(input: 1) } else { options.region = try optionalNumbers(node, 1) }
    return try resize(
      node, scales: scales, sizes: sizes, axes: try node.ints("axes"), mode: mode, coordinates: coordinates, options)
  }

  /// What newer versions have beside.
  private struct Options {
    enum Policy: String {
      case stretch
      case notLarger = "not_larger"
      case notSmaller = "not_smaller"
    }

    var extrapolation: Float = 0
    var antialiases = false
    var excludesOutside = false
    var policy = Policy.stretch
    /// Where a crop begins along each axis, then where it ends.
    var region: [Float]?
  }

  /// The older operator: scales as an attribute or the second input, places without the half pixel.
  static func upsample(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    var scales = try node.floats("scales")
    if scales == nil { scales = try node.constant(1).floats }
    return try resize(
      node, scales: scales, sizes: nil, axes: nil, mode: try mode(node, .floor, -0.75, false),
      coordinates: .asymmetric)
  }

  /// Before operator set 11 the nearest element was the one before the place where the output is larger, the one behind it where it is
  /// smaller; so has it onnxruntime.
  private static func oldRounding(_ node: ONNXNodeContext, _ h: Float, _ w: Float) throws(InputError) -> NearestRounding
  {
    guard min(h, w) >= 1 || max(h, w) <= 1 else { throw node.notComputed("scales", [h, w]) }
    return min(h, w) < 1 ? .ceil : .floor
  }

  private static func optionalNumbers(_ node: ONNXNodeContext, _ index: Int) throws(InputError) -> [Float]? {
    let numbers = try node.optionalConstant(index)?.floats
    return numbers?.isEmpty ?? true ? nil : numbers
  }

  private static func mode(
    _ node: ONNXNodeContext, _ rounding: NearestRounding, _ cubic: Float, _ excludesOutside: Bool
  ) throws(InputError) -> Resize.Mode {
    let name = try node.string("mode", default: "nearest")
    switch name {
    case "nearest": return .nearest(rounding)
    case "linear", "bilinear": return .linear
    case "cubic": return .cubic(a: cubic, excludesOutside: excludesOutside)
    default: throw node.notComputed("mode", name)
    }
  }

  private static func resize(
    _ node: ONNXNodeContext, scales: [Float]?, sizes: [Int]?, axes: [Int]?, mode: Resize.Mode,
    coordinates: ResizeCoordinates, _ options: Options = Options()
  ) throws(InputError) -> [ONNXOperand] {
    let operand = try node.operand(0)
    guard operand.shape.isFeatureMap else { throw InputError("", "resizes \(operand.shape)", remedy: "feature maps") }
    /// The numbers of rows and columns, where batch and channels keep their sizes.
    func spatial<Number: Equatable>(_ list: [Number], keep: (Int) -> Number) throws(InputError) -> (
      h: Number, w: Number
    ) {
      let named = (axes ?? Array(0..<list.count)).map { $0 < 0 ? $0 + 4 : $0 }
      guard named.count == list.count, named.allSatisfy({ (0..<4).contains($0) }) else {
        throw InputError("", "has \(list.count) sizes for \(named.count) axes")
      }
      var all = (0..<4).map(keep)
      for (axis, number) in zip(named, list) { all[axis] = number }
      guard all[0] == keep(0), all[1] == keep(1) else { throw InputError("", "resizes the batch or the channels") }
      return (all[2], all[3])
    }
    let size: Resize.Size
    var mode = mode
    if let sizes, !sizes.isEmpty {
      let (h, w) = try spatial(sizes) { operand.shape[$0] }
      size = try kept(options.policy, (h, w), operand.shape, node)
    } else if let scales {
      let (h, w) = try spatial(scales) { _ in 1 }
      size = .scales(h: h, w: w)
      if node.opset < 11, case .nearest = mode { mode = .nearest(try oldRounding(node, h, w)) }
    } else {
      throw InputError("", "has neither scales nor sizes")
    }
    var resize = Resize(size, mode: mode, coordinates: coordinates)
    (resize.antialiases, resize.endsAtBorder) = (options.antialiases, options.excludesOutside)
    resize.extrapolation = options.extrapolation
    if let region = options.region {
      guard region.count % 2 == 0 else { throw InputError("", "has a region of \(region.count) numbers") }
      let (starts, ends) = (
        try spatial(Array(region.prefix(region.count / 2))) { _ in 0 },
        try spatial(Array(region.suffix(region.count / 2))) { _ in 1 }
      )
      resize.crop = (Resize.Part(start: starts.h, end: ends.h), Resize.Part(start: starts.w, end: ends.w))
    }
    return [try node.emit(resize, operand)]
  }

  /// The size that keeps the proportions of height and width, where the node says so.
  private static func kept(
    _ policy: Options.Policy, _ size: (h: Int, w: Int), _ shape: Shape, _ node: ONNXNodeContext
  ) throws(InputError) -> Resize.Size {
    guard policy != .stretch else { return .sizes(h: size.h, w: size.w) }
    guard shape.h >= 1, shape.w >= 1 else { throw InputError("", "has nothing to resize in \(shape)") }
    let scales = [Float(size.h) / Float(shape.h), Float(size.w) / Float(shape.w)]
    let scale = (policy == .notLarger ? scales.min() : scales.max()) ?? 1
    guard scale > 0, scale < 0x1p20 else { throw InputError("", "scales \(shape) by \(scale)") }
    return .kept(h: Int(scale * Float(shape.h) + 0.5), w: Int(scale * Float(shape.w) + 0.5), scale: scale)
  }
}
