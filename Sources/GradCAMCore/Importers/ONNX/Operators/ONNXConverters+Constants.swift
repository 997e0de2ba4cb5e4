import ModelFormats

extension ONNXConverters {
  static func constant(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    guard node.node.attributes.count <= 1 else { throw InputError("", "holds several values") }
    let (name, value) = node.node.attributes.first ?? ("value", .other("nothing"))
    node.passOver(name)
    switch (name, value) {
    case ("value", .tensor(let record)): return [.constant(ONNXConstant(record))]
    case ("value_int", .int(let number)): return [.constant(ONNXConstant(integers: [number], isScalar: true))]
    case ("value_ints", .ints(let numbers)): return [.constant(ONNXConstant(integers: numbers))]
    case ("value_float", .float(let number)):
      return [.constant(ONNXConstant(Tensor([number], Shape()), isInteger: false))]
    case ("value_floats", .floats(let numbers)):
      return [.constant(ONNXConstant(Tensor(numbers, Shape(numbers.count)), isInteger: false))]
    default: throw InputError("", "holds no numbers but \(name.printable), which is not computed")
    }
  }

  static func constantOfShape(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let sizes = try node.constant(0).integers
    guard let shape = try? Shape(sizes).expectingMemory() else {
      throw InputError("", "makes a tensor of the absurd shape [\(sizes.lazy.map { "\($0)" }.listed(8))]")
    }
    var fill = ONNXConstant(Tensor([0], Shape(1)), isInteger: false)
    if let record = try node.tensor("value") { fill = ONNXConstant(record) }
    guard fill.shape.count == 1 else {
      throw InputError("", "fills a tensor with \(fill.shape.count) numbers, not one")
    }
    try ONNXConstantBudget.expectMemory(shape.count)
    return [.constant(ONNXConstant(Tensor(repeating: fill.floats.first ?? 0, shape), isInteger: fill.isInteger))]
  }

  static func range(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    // What kinds of 16 bits are computed in; every kind of float is float32 here.
    node.passOver("stash_type")
    let ends = try (0..<3).map { (index) throws(InputError) in try node.constant(index) }
    guard let start = ends[0].floats.first, let limit = ends[1].floats.first, let step = ends[2].floats.first,
      step != 0, case let count = max(0, ((limit - start) / step).rounded(.up)), count <= Float(1 << 30)
    else { throw InputError("", "has ends that make no range") }
    try ONNXConstantBudget.expectMemory(Int(count))
    let numbers = (0..<Int(count)).map { start + Float($0) * step }
    return [.constant(ONNXConstant(Tensor(numbers, Shape(numbers.count)), isInteger: ends[0].isInteger))]
  }

  static func shape(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let sizes = try node.operand(0).shape.dimensions
    let place = { (index: Int) in min(max(index < 0 ? index + sizes.count : index, 0), sizes.count) }
    let (start, end) = (place(try node.int("start", default: 0)), place(try node.int("end", default: sizes.count)))
    return [.constant(ONNXConstant(integers: Array(sizes[start..<max(start, end)])))]
  }

  static func size(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    [.constant(ONNXConstant(integers: [try node.operand(0).shape.count], isScalar: true))]
  }

  /// Whole numbers are cut, truth is 0 or 1; every kind of float is float32 here.
  static func cast(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let type = try node.requiredInt("to")
    switch type {
    case 1, 10, 11, 16: return try cast(node, to: nil)
    case 9: return try cast(node, to: .boolean)
    case 2...7, 12, 13: return try cast(node, to: .integer)
    default: throw node.notComputed("to", type)
    }
  }

  /// A value of the network is a float.
  static func castLike(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    guard case .constant(let like) = try node.operand(1), like.isInteger else { return try cast(node, to: nil) }
    return try cast(node, to: like.isTruth ? .boolean : .integer)
  }

  /// - Parameter target: nil for a float.
  private static func cast(_ node: ONNXNodeContext, to target: Cast.Target?) throws(InputError) -> [ONNXOperand] {
    // Both are about floats of 8 bits, which are not read.
    node.passOver("saturate")
    node.passOver("round_mode")
    let operation: any Operation = target.map { Cast(target: $0) } ?? Identity()
    let result = try node.emit(operation, try node.operand(0))
    guard case .constant(let constant) = result else { return [result] }
    return [
      .constant(ONNXConstant(constant.tensor, isInteger: target != nil, isTrained: constant.isTrained))
    ]
  }
}
