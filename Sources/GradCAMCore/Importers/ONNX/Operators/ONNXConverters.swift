import ModelFormats

/// What each ONNX operator becomes: one short function an operator, in a table by name.
///
/// A converter gives the node's outputs in order.
enum ONNXConverters {
  typealias Converter = @Sendable (ONNXNodeContext) throws(InputError) -> [ONNXOperand]

  private static let all: [String: Converter] = [
    convolutions, poolings, activations, arithmetic, reductions, movements,
  ]
  .reduce(into: [:]) { table, family in table.merge(family) { first, _ in first } }

  /// The converter of a node's operator; nil where it is not supported.
  static func converter(_ node: ONNXNode) -> Converter? {
    guard ["", "ai.onnx"].contains(node.domain) else { return nil }
    return all[node.opType]
  }

  /// A converter of one input and an operation without choices.
  static func unary(_ operation: any Operation) -> Converter {
    { (node) throws(InputError) in [try node.emit(operation, try node.operand(0))] }
  }

  /// A converter that hands all inputs to one operation.
  static func direct(_ operation: any Operation) -> Converter {
    { (node) throws(InputError) in [try node.emit(operation, node.present)] }
  }
}
