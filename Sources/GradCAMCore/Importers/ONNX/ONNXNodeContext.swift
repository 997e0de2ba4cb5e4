import ModelFormats

/// One node of an ONNX graph as its converter sees it: attributes and operands by position, checked as they are asked for.
struct ONNXNodeContext {
  let node: ONNXNode
  let operands: [ONNXOperand?]
  let loader: WeightLoader
  let emit: (any Operation, [ONNXOperand]) throws(InputError) -> ONNXOperand

  /// The version of the operator set that the node is written for.
  var opset: Int { node.opset }

  /// Adds an operation to the network; where all operands are known, so is its result, and nothing is added.
  func emit(_ operation: any Operation, _ operands: ONNXOperand...) throws(InputError) -> ONNXOperand {
    try emit(operation, operands)
  }

  // MARK: Operands

  /// The operand at a position, where the node has one.
  func optional(_ index: Int) -> ONNXOperand? { operands.indices.contains(index) ? operands[index] : nil }

  func operand(_ index: Int) throws(InputError) -> ONNXOperand {
    guard let operand = optional(index) else { throw InputError("", "lacks its input \(index + 1)") }
    return operand
  }

  /// The operand at a position, which must be known at load.
  func constant(_ index: Int) throws(InputError) -> ONNXConstant {
    guard case .constant(let constant) = try operand(index) else {
      throw InputError("", "has an input \(index + 1) that depends on the image, where only a constant is read")
    }
    return constant
  }

  func optionalConstant(_ index: Int) throws(InputError) -> ONNXConstant? {
    optional(index) == nil ? nil : try constant(index)
  }

  /// Every operand that the node has.
  var present: [ONNXOperand] { operands.compactMap { $0 } }

  // MARK: Attributes

  func has(_ name: String) -> Bool { node.attributes[name] != nil }

  func int(_ name: String, default value: Int) throws(InputError) -> Int {
    try attribute(name, "a whole number") { if case .int(let number) = $0 { number } else { nil } } ?? value
  }

  func float(_ name: String, default value: Float) throws(InputError) -> Float {
    try attribute(name, "a number") { if case .float(let number) = $0 { number } else { nil } } ?? value
  }

  func string(_ name: String, default value: String) throws(InputError) -> String {
    try attribute(name, "a text") { if case .string(let text) = $0 { text } else { nil } } ?? value
  }

  func ints(_ name: String) throws(InputError) -> [Int]? {
    try attribute(name, "a list of whole numbers") { if case .ints(let numbers) = $0 { numbers } else { nil } }
  }

  func floats(_ name: String) throws(InputError) -> [Float]? {
    try attribute(name, "a list of numbers") { if case .floats(let numbers) = $0 { numbers } else { nil } }
  }

  private func attribute<Value>(
    _ name: String, _ expected: String, _ read: (ONNXAttribute) -> Value?
  ) throws(InputError) -> Value? {
    guard let attribute = node.attributes[name] else { return nil }
    guard let value = read(attribute) else {
      throw InputError("", "has an attribute \(name.printable) that is not \(expected)")
    }
    return value
  }

  /// A list that older operator sets have as an attribute, and later ones as an input.
  func intsOrInput(_ name: String, input index: Int) throws(InputError) -> [Int]? {
    if let list = try ints(name) { return list }
    return try optionalConstant(index)?.integers
  }
}
