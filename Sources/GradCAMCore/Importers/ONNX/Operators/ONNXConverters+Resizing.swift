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
    let mode = try mode(node, rounding, cubic, try node.int("exclude_outside", default: 0) != 0)
    // The region of interest and what lies outside it are tf_crop_and_resize's, which is refused.
    node.passOver("extrapolation_value")
    if !isOld { node.passOver(input: 1) }
    let smooths = try node.int("antialias", default: 0)
    if smooths != 0, case .linear = mode { throw node.notComputed("antialias", smooths) }
    if smooths != 0, case .cubic = mode { throw node.notComputed("antialias", smooths) }
    let policy = try node.string("keep_aspect_ratio_policy", default: "stretch")
    guard policy == "stretch" || sizes?.isEmpty ?? true else {
      throw node.notComputed("keep_aspect_ratio_policy", policy)
    }
    return try resize(
      node, scales: scales, sizes: sizes, axes: try node.ints("axes"), mode: mode, coordinates: coordinates)
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
    coordinates: ResizeCoordinates
  ) throws(InputError) -> [ONNXOperand] {
    let operand = try node.operand(0)
    guard operand.shape.isFeatureMap else { throw InputError("", "resizes \(operand.shape)", remedy: "feature maps") }
    /// The numbers of rows and columns, where batch and channels keep their sizes.
    func spatial<Number: Equatable>(_ list: [Number], keep: (Int) -> Number) throws(InputError) -> (
      h: Number, w: Number
    ) {
      let named = (axes ?? Array(0..<list.count)).map { $0 < 0 ? $0 + 4 : $0 }
      guard named.count == list.count, named.allSatisfy({ (0..<4).contains($0) }) else {
        throw InputError("", "has \(list.count) sizes for the axes \(named)")
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
      size = .sizes(h: h, w: w)
    } else if let scales {
      let (h, w) = try spatial(scales) { _ in 1 }
      size = .scales(h: h, w: w)
      if node.opset < 11, case .nearest = mode { mode = .nearest(try oldRounding(node, h, w)) }
    } else {
      throw InputError("", "has neither scales nor sizes")
    }
    return [try node.emit(Resize(size, mode: mode, coordinates: coordinates), operand)]
  }
}
