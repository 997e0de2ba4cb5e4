import ModelFormats

extension ONNXConverters {
  static let movements: [String: Converter] = [
    "Constant": constant, "ConstantOfShape": constantOfShape, "Range": range, "Shape": shape, "Size": size,
    "Cast": cast, "CastLike": unary(Identity()),
    "Reshape": reshape,
    "Flatten": { (node) throws(InputError) in
      let operand = try node.operand(0)
      let axis = operand.shape.axis(try node.int("axis", default: 1))
      // Flattening from the second axis on keeps the batch; from another it is a reshape to two axes.
      if axis == 1 { return [try node.emit(Flatten(), operand)] }
      guard (0...operand.shape.rank).contains(axis) else { throw InputError("", "flattens at an axis that it lacks") }
      let rows = operand.shape.dimensions[..<axis].reduce(1, *)
      return [try node.emit(Reshape([rows, -1]), operand)]
    },
    "Transpose": { (node) throws(InputError) in
      let operand = try node.operand(0)
      let order = try node.ints("perm") ?? Array(operand.shape.dimensions.indices.reversed())
      return [try node.emit(Transpose(order), operand)]
    },
    "Squeeze": { (node) throws(InputError) in
      let operand = try node.operand(0)
      let axes =
        try node.intsOrInput("axes", input: 1)
        ?? operand.shape.dimensions.indices.filter { operand.shape[$0] == 1 }
      return [try node.emit(Squeeze(axes: axes), operand)]
    },
    "Unsqueeze": { (node) throws(InputError) in
      guard let axes = try node.intsOrInput("axes", input: 1) else { throw InputError("", "lacks its axes") }
      return [try node.emit(Unsqueeze(axes: axes), try node.operand(0))]
    },
    "Concat": { (node) throws(InputError) in
      [try node.emit(Concat(axis: try node.int("axis", default: 1)), node.present)]
    },
    "Split": split, "Slice": slice, "Pad": pad,
    "Expand": { (node) throws(InputError) in
      [try node.emit(Expand(try node.constant(1).integers), try node.operand(0))]
    },
    "Tile": { (node) throws(InputError) in [try node.emit(Tile(try node.constant(1).integers), try node.operand(0))] },
    "Gather": { (node) throws(InputError) in
      let indices = try node.constant(1)
      let gather = Gather(
        axis: try node.int("axis", default: 0), indices: indices.integers, shape: indices.shape)
      return [try node.emit(gather, try node.operand(0))]
    },
    "DepthToSpace": { (node) throws(InputError) in
      let isCRD = try node.string("mode", default: "DCR") == "CRD"
      let move = DepthToSpace(block: try node.int("blocksize", default: 1), order: isCRD ? .crd : .dcr)
      return [try node.emit(move, try node.operand(0))]
    },
    "SpaceToDepth": { (node) throws(InputError) in
      [try node.emit(SpaceToDepth(block: try node.int("blocksize", default: 1)), try node.operand(0))]
    },
    "MatMul": direct(MatMul()),
    "Gemm": gemm, "Resize": resize, "Upsample": upsample,
  ]

  private static func constant(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let values = node.node.attributes.filter { $0.key.hasPrefix("value") }
    guard values.count <= 1 else { throw InputError("", "holds several values") }
    switch values.first?.value {
    case .tensor(let record): return [.constant(ONNXConstant(record))]
    case .int(let number): return [.constant(ONNXConstant(integers: [number], isScalar: true))]
    case .ints(let numbers): return [.constant(ONNXConstant(integers: numbers))]
    case .float(let number): return [.constant(ONNXConstant(Tensor([number], Shape()), isInteger: false))]
    case .floats(let numbers):
      return [.constant(ONNXConstant(Tensor(numbers, Shape(numbers.count)), isInteger: false))]
    default: throw InputError("", "holds no numbers")
    }
  }

  /// The most numbers that are made of nothing at load.
  private static let mostNumbers = 1 << 24

  private static func constantOfShape(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let sizes = try node.constant(0).integers
    guard sizes.count <= 64, sizes.allSatisfy({ (0...mostNumbers).contains($0) }),
      sizes.reduce(1.0, { $0 * Double($1) }) <= Double(mostNumbers)
    else {
      let shown = sizes.prefix(8).map(String.init).joined(separator: ", ") + (sizes.count > 8 ? ", …" : "")
      throw InputError("", "makes a tensor of the absurd shape [\(shown)]")
    }
    var fill = ONNXConstant(Tensor([0], Shape(1)), isInteger: false)
    if case .tensor(let record) = node.node.attributes["value"] { fill = ONNXConstant(record) }
    return [
      .constant(ONNXConstant(Tensor(repeating: fill.floats.first ?? 0, Shape(sizes)), isInteger: fill.isInteger))
    ]
  }

  private static func range(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let ends = try (0..<3).map { (index) throws(InputError) in try node.constant(index) }
    guard let start = ends[0].floats.first, let limit = ends[1].floats.first, let step = ends[2].floats.first,
      step != 0, case let count = max(0, ((limit - start) / step).rounded(.up)), count <= Float(mostNumbers)
    else { throw InputError("", "has ends that make no range") }
    let numbers = (0..<Int(count)).map { start + Float($0) * step }
    return [.constant(ONNXConstant(Tensor(numbers, Shape(numbers.count)), isInteger: ends[0].isInteger))]
  }

  private static func shape(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let sizes = try node.operand(0).shape.dimensions
    let place = { (index: Int) in min(max(index < 0 ? index + sizes.count : index, 0), sizes.count) }
    let (start, end) = (place(try node.int("start", default: 0)), place(try node.int("end", default: sizes.count)))
    return [.constant(ONNXConstant(integers: Array(sizes[start..<max(start, end)])))]
  }

  private static func size(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    [.constant(ONNXConstant(integers: [try node.operand(0).shape.count], isScalar: true))]
  }

  /// Whole numbers are cut, truth is 0 or 1; every kind of float is float32 here.
  private static func cast(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let operand = try node.operand(0)
    let type = try node.int("to", default: 1)
    let (isBool, isFloat) = (type == 9, [1, 10, 11, 16].contains(type))
    if case .constant(let constant) = operand {
      let numbers = constant.floats.map { isFloat ? $0 : isBool ? ($0 != 0 ? 1 : 0) : $0.rounded(.towardZero) }
      return [.constant(ONNXConstant(Tensor(numbers, constant.shape), isInteger: !isFloat))]
    }
    if isFloat { return [try node.emit(Identity(), operand)] }
    return [try node.emit(Cast(to: isBool ? .boolean : .integer), operand)]
  }

  private static func reshape(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let operand = try node.operand(0)
    var sizes = try node.constant(1).integers
    // A network exported for one image says 1 for the batch; here a batch may have any size.
    if case .value = operand, let first = sizes.first, first == operand.shape.dimensions.first { sizes[0] = 0 }
    let allowsZero = try node.int("allowzero", default: 0) != 0
    if allowsZero && sizes.dropFirst().contains(0) { throw InputError("", "makes a tensor without elements") }
    return [try node.emit(Reshape(sizes), operand)]
  }

  private static func split(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let operand = try node.operand(0)
    let axis = operand.shape.axis(try node.int("axis", default: 0))
    guard operand.shape.dimensions.indices.contains(axis) else {
      throw InputError("", "splits along an axis that it lacks")
    }
    let length = operand.shape[axis]
    let count = node.node.outputs.count
    let part = (length + count - 1) / count
    let usual = (0..<count).map { min(part, max(0, length - $0 * part)) }
    let sizes = try node.intsOrInput("split", input: 1) ?? usual
    guard sizes.count == count, sizes.allSatisfy({ (0...length).contains($0) }), sizes.reduce(0, +) == length else {
      throw InputError("", "splits \(length) into \(sizes)")
    }
    var start = 0
    var results: [ONNXOperand] = []
    for size in sizes {
      results.append(try node.emit(Slice([Slice.Range(axis: axis, start: start, end: start + size)]), operand))
      start += size
    }
    return results
  }

  private static func slice(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    guard let starts = try node.intsOrInput("starts", input: 1), let ends = try node.intsOrInput("ends", input: 2)
    else {
      throw InputError("", "lacks its starts or ends")
    }
    let axes = try node.intsOrInput("axes", input: 3) ?? Array(starts.indices)
    let steps = try node.optionalConstant(4)?.integers ?? starts.map { _ in 1 }
    guard [ends.count, axes.count, steps.count].allSatisfy({ $0 == starts.count }) else {
      throw InputError("", "has starts, ends, axes and steps of different lengths")
    }
    let ranges = starts.indices.map { Slice.Range(axis: axes[$0], start: starts[$0], end: ends[$0], step: steps[$0]) }
    return [try node.emit(Slice(ranges), try node.operand(0))]
  }

  private static func pad(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    guard let pads = try node.intsOrInput("pads", input: 1), pads.count % 2 == 0 else {
      throw InputError("", "lacks its pads, or has an odd number of them")
    }
    var fill = try node.float("value", default: 0)
    if let number = try node.optionalConstant(2)?.floats.first { fill = number }
    let modes: [String: Pad.Mode] = ["constant": .constant(fill), "reflect": .reflect, "edge": .edge, "wrap": .wrap]
    let name = try node.string("mode", default: "constant")
    guard let mode = modes[name] else { throw InputError("", "has the unknown mode \(name.printable)") }
    let axes = try node.optionalConstant(3)?.integers
    guard axes.map({ $0.count == pads.count / 2 }) ?? true else {
      throw InputError("", "has pads and axes of different lengths")
    }
    let pad = Pad(
      axes: axes, before: Array(pads.prefix(pads.count / 2)), after: Array(pads.suffix(pads.count / 2)), mode: mode)
    return [try node.emit(pad, try node.operand(0))]
  }

  /// A product with constant weights is a Linear, which multiplies by them where they lie in the file.
  private static func gemm(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let (alpha, beta) = (try node.float("alpha", default: 1), try node.float("beta", default: 1))
    let (isATransposed, isBTransposed) = (
      try node.int("transA", default: 0) != 0, try node.int("transB", default: 0) != 0
    )
    if case .constant(let weight) = try node.operand(1), case .value = try node.operand(0), weight.shape.rank == 2,
      isBTransposed, !isATransposed, alpha == 1, beta == 1
    {
      let bias = try node.optionalConstant(2)?.tensor
      if bias.map({ $0.count == weight.shape[0] }) ?? true {
        let linear = Linear(weight: weight.tensor, bias: bias?.reshaped(to: Shape(weight.shape[0])))
        return [try node.emit(linear, try node.operand(0))]
      }
    }
    let gemm = Gemm(alpha: alpha, beta: beta, transposeA: isATransposed, transposeB: isBTransposed)
    return [try node.emit(gemm, node.present)]
  }
}
