import ModelFormats

extension ONNXConverters {
  static func constant(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
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

  static func constantOfShape(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
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

  static func range(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let ends = try (0..<3).map { (index) throws(InputError) in try node.constant(index) }
    guard let start = ends[0].floats.first, let limit = ends[1].floats.first, let step = ends[2].floats.first,
      step != 0, case let count = max(0, ((limit - start) / step).rounded(.up)), count <= Float(mostNumbers)
    else { throw InputError("", "has ends that make no range") }
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
    let operand = try node.operand(0)
    let type = try node.int("to", default: 1)
    let (isBool, isFloat) = (type == 9, [1, 10, 11, 16].contains(type))
    if case .constant(let constant) = operand {
      let numbers = constant.floats.map { isFloat ? $0 : isBool ? ($0 != 0 ? 1 : 0) : $0.rounded(.towardZero) }
      return [.constant(ONNXConstant(Tensor(numbers, constant.shape), isInteger: !isFloat))]
    }
    if isFloat { return [try node.emit(Identity(), operand)] }
    return [try node.emit(Cast(target: isBool ? .boolean : .integer), operand)]
  }
}
