import ModelFormats

extension ONNXConverters {
  /// Nothing at all, but in training mode, where it drops at random.
  static func dropout(_ node: ONNXNodeContext) throws(InputError) -> any Operation {
    // Until operator set 12 the share was an attribute; the seed is of training alone.
    node.passOver("ratio")
    node.passOver("seed")
    let drops = try node.optionalConstant(1)?.floats.first != 0
    if let training = try node.optionalConstant(2)?.floats.first, training != 0, drops {
      throw InputError("", "is in training mode", remedy: "an export in eval mode")
    }
    return Identity.dropout
  }

  /// PyTorch's `clamp` passes gradients at its bounds, its ReLU6 and Hardtanh do not. Where the file does not say which it was, one
  /// bound is a clamp's, and two are a ReLU6's or Hardtanh's.
  static func clip(_ node: ONNXNodeContext) throws(InputError) -> any Operation {
    var (low, high) = (try node.float("min", default: -.infinity), try node.float("max", default: .infinity))
    if let bound = try node.optionalConstant(1)?.floats.first { low = bound }
    if let bound = try node.optionalConstant(2)?.floats.first { high = bound }
    let largest = Float.greatestFiniteMagnitude
    let isOneSided = low <= -largest || high >= largest
    if node.isClamp || isOneSided && !node.wasTorch("hardtanh", "relu6") { return Clip.clamp(min: low, max: high) }
    return low == 0 && high == 6 ? Clip.relu6 : Clip(min: low, max: high)
  }

  static func swish(_ node: ONNXNodeContext) throws(InputError) -> any Operation {
    let alpha = try node.float("alpha", default: 1)
    return alpha == 1 ? SiLU() : Swish(alpha: alpha)
  }

  /// Swish of the first input, times the second.
  static func swishGate(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let (gate, value) = (try node.operand(0), try node.operand(1))
    guard gate.shape == value.shape else { throw InputError("", "gates \(value.shape) by \(gate.shape)") }
    return [try node.emit(Mul(), try node.emit(try swish(node), gate), value)]
  }

  /// Until operator set 13 the axes from `axis` on were one; that is the same where the others are of size one.
  static func softmax(_ make: @escaping @Sendable (_ axis: Int) -> any Operation) -> Converter {
    { (node) throws(InputError) in
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
}
