import ModelFormats

extension ONNXConverters {
  static func leakyReLU(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    [try node.emit(LeakyReLU(slope: try node.float("alpha", default: 0.01)), try node.operand(0))]
  }

  static func pReLU(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    [try node.emit(PReLU(slope: try node.constant(1).tensor), try node.operand(0))]
  }

  static func elu(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    [try node.emit(ELU(alpha: try node.float("alpha", default: 1)), try node.operand(0))]
  }

  static func celu(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    [try node.emit(CELU(alpha: try node.float("alpha", default: 1)), try node.operand(0))]
  }

  static func selu(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let alpha = try node.float("alpha", default: 1.6732632)
    return [try node.emit(SELU(alpha: alpha, scale: try node.float("gamma", default: 1.050701)), try node.operand(0))]
  }

  static func hardSigmoid(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let alpha = try node.float("alpha", default: 0.2)
    return [try node.emit(HardSigmoid(alpha: alpha, beta: try node.float("beta", default: 0.5)), try node.operand(0))]
  }

  static func gelu(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let isTanh = try node.string("approximate", default: "none") == "tanh"
    return [try node.emit(GELU(approximate: isTanh ? .tanh : .none), try node.operand(0))]
  }

  static func softmax(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    try softmax(node) { Softmax(axis: $0) }
  }

  static func logSoftmax(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    try softmax(node) { LogSoftmax(axis: $0) }
  }

  /// Nothing at all, but in training mode, where it drops at random.
  static func dropout(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let drops = try node.optionalConstant(1)?.floats.first != 0
    if drops, let training = try node.optionalConstant(2)?.floats.first, training != 0 {
      throw InputError("", "is in training mode", remedy: "an export in eval mode")
    }
    return [try node.emit(Identity.dropout, try node.operand(0))]
  }

  static func clip(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    var (low, high) = (try node.float("min", default: -.infinity), try node.float("max", default: .infinity))
    if let bound = try node.optionalConstant(1)?.floats.first { low = bound }
    if let bound = try node.optionalConstant(2)?.floats.first { high = bound }
    let clip = low == 0 && high == 6 ? Clip.relu6 : Clip(min: low, max: high)
    return [try node.emit(clip, try node.operand(0))]
  }

  /// Until operator set 13 the axes from `axis` on were one; that is the same where the others are of size one.
  private static func softmax(
    _ node: ONNXNodeContext, _ make: (Int) -> any Operation
  ) throws(InputError) -> [ONNXOperand] {
    let operand = try node.operand(0)
    let shape = operand.shape
    let axis = shape.axis(try node.int("axis", default: node.opset < 13 ? 1 : -1))
    guard shape.dimensions.indices.contains(axis) else {
      throw InputError("", "runs along an axis that \(shape) lacks")
    }
    if node.opset >= 13 || shape.dimensions[(axis + 1)...].allSatisfy({ $0 == 1 }) {
      return [try node.emit(make(axis), operand)]
    }
    let flat = try node.emit(Flatten(start: axis), operand)
    let result = try node.emit(make(axis), flat)
    return [try node.emit(Reshape(shape.dimensions), result)]
  }
}
