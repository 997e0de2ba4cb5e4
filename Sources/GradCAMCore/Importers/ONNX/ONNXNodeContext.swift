import ModelFormats

/// One node of an ONNX graph as its converter sees it: attributes and operands by position, checked as they are asked for.
///
/// A converter asks for everything that its operator computes by; `expectAllRead` then refuses what the node has beside.
struct ONNXNodeContext {
  let node: ONNXNode
  let operands: [ONNXOperand?]
  let loader: WeightLoader
  let emit: (any Operation, [ONNXOperand]) throws(InputError) -> ONNXOperand
  private let reads = ONNXNodeReads()

  init(
    node: ONNXNode, operands: [ONNXOperand?], loader: WeightLoader,
    emit: @escaping (any Operation, [ONNXOperand]) throws(InputError) -> ONNXOperand
  ) {
    (self.node, self.operands, self.loader, self.emit) = (node, operands, loader, emit)
  }

  /// The version of the operator set that the node is written for.
  var opset: Int { node.opset }

  /// Adds an operation to the network; where all operands are known, so is its result, and nothing is added.
  func emit(_ operation: any Operation, _ operands: ONNXOperand...) throws(InputError) -> ONNXOperand {
    try emit(operation, operands)
  }

  /// Whether the file says that this was one of these PyTorch operators, in any overload.
  func wasTorch(_ names: String...) -> Bool {
    guard let name = node.torchOperator else { return false }
    return names.contains { name.hasPrefix("aten.\($0).") }
  }

  /// Whether the file says that this was PyTorch's `clamp`.
  var isClamp: Bool { wasTorch("clamp", "clamp_min", "clamp_max", "clip") }

  // MARK: Operands

  /// The operand at a position, where the node has one.
  func optional(_ index: Int) -> ONNXOperand? {
    reads.operands.insert(index)
    return operands.indices.contains(index) ? operands[index] : nil
  }

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
  var present: [ONNXOperand] {
    reads.operands.formUnion(operands.indices)
    return operands.compactMap { $0 }
  }

  // MARK: Attributes

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

  func strings(_ name: String) throws(InputError) -> [String]? {
    try attribute(name, "a list of texts") { if case .strings(let texts) = $0 { texts } else { nil } }
  }

  func tensor(_ name: String) throws(InputError) -> TensorRecord? {
    try attribute(name, "a tensor") { if case .tensor(let record) = $0 { record } else { nil } }
  }

  /// A whole number that the operator cannot do without.
  func requiredInt(_ name: String) throws(InputError) -> Int {
    guard node.attributes[name] != nil else { throw InputError("", "lacks its \(name)") }
    return try int(name, default: 0)
  }

  /// One of the texts that an attribute may be.
  func choice<Choice: RawRepresentable>(_ name: String, default value: Choice) throws(InputError) -> Choice
  where Choice.RawValue == String {
    let text = try string(name, default: value.rawValue)
    guard let choice = Choice(rawValue: text) else { throw notComputed(name, text) }
    return choice
  }

  private func attribute<Value>(
    _ name: String, _ expected: String, _ read: (ONNXAttribute) -> Value?
  ) throws(InputError) -> Value? {
    reads.attributes.insert(name)
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

  // MARK: What is not computed

  /// Passes over an attribute that changes nothing of what is computed here, for a reason that stands where it is called.
  func passOver(_ name: String) { reads.attributes.insert(name) }

  /// Passes over an operand that changes nothing of what is computed here.
  func passOver(input index: Int) { reads.operands.insert(index) }

  /// The refusal of an attribute's value.
  func notComputed(_ name: String, _ value: some CustomStringConvertible) -> InputError {
    InputError("", "has \(name.printable) = \("\(value)".printable), which is not computed")
  }

  /// Refuses what the node says and nobody has asked for.
  func expectAllRead() throws(InputError) {
    if let name = node.attributes.keys.filter({ !reads.attributes.contains($0) }).min() {
      throw InputError("", "has an attribute \(name.printable), which is not computed")
    }
    if let index = operands.indices.first(where: { operands[$0] != nil && !reads.operands.contains($0) }) {
      throw InputError("", "has an input \(index + 1), which is not computed")
    }
  }
}
