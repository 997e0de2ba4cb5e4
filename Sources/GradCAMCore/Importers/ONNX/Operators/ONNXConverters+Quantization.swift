import ModelFormats

/// Values in whole numbers: quantised, and brought back.
extension ONNXConverters {
  static func quantize(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    // Of floats of 8 bits and of the division alone; both are computed in float32.
    node.passOver("saturate")
    node.passOver("precision")
    let x = try node.operand(0)
    let range = try quantizedRange(node)
    let (scale, zero) = try quantization(node, x.shape)
    return [try node.emit(QuantizeLinear(type: range), x, scale, zero)]
  }

  static func dequantize(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    // Every kind of float is float32 here.
    node.passOver("output_dtype")
    let x = try node.operand(0)
    let (scale, zero) = try quantization(node, x.shape)
    return [try node.emit(DequantizeLinear(), x, scale, zero)]
  }

  static func dynamicQuantize(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let x = try node.operand(0)
    let first = x.shape.dimensions.first
    let scale = try node.emit(DynamicQuantization(gives: .scale, first: first), x)
    let zero = try node.emit(DynamicQuantization(gives: .zeroPoint, first: first), x)
    return [try node.emit(QuantizeLinear(type: .unsigned8), x, scale, zero), scale, zero]
  }

  /// The type that numbers are rounded to: the zero point's, or the one that is named.
  private static func quantizedRange(_ node: ONNXNodeContext) throws(InputError) -> QuantizedRange {
    let named = try node.int("output_dtype", default: 0)
    guard let zero = try node.optionalConstant(2) else {
      let types = [
        0: (8, false), 2: (8, false), 3: (8, true), 4: (16, false), 5: (16, true), 21: (4, false), 22: (4, true),
      ]
      guard let (bits, isSigned) = types[named] else { throw node.notComputed("output_dtype", named) }
      return QuantizedRange(bits: bits, isSigned: isSigned)
    }
    switch zero.record?.type {
    case .uint8: return .unsigned8
    case .int8: return QuantizedRange(bits: 8, isSigned: true)
    case .uint16: return QuantizedRange(bits: 16, isSigned: false)
    case .int16: return QuantizedRange(bits: 16, isSigned: true)
    default: throw InputError("", "has a zero point of a type that is not read", remedy: "8 or 16 bits")
    }
  }

  /// Scale and zero point, so shaped that they broadcast to the input: one for all, one an entry of an axis, or one a block of it.
  private static func quantization(
    _ node: ONNXNodeContext, _ x: Shape
  ) throws(InputError) -> (scale: ONNXOperand, zero: ONNXOperand) {
    let (axis, block) = (try node.int("axis", default: 1), try node.int("block_size", default: 0))
    let scale = try spread(node, try node.operand(1), x, axis: axis, block: block)
    guard let zero = node.optional(2) else {
      return (scale, .constant(ONNXConstant(integers: [0], isScalar: true)))
    }
    return (scale, try spread(node, zero, x, axis: axis, block: block))
  }

  private static func spread(
    _ node: ONNXNodeContext, _ operand: ONNXOperand, _ x: Shape, axis: Int, block: Int
  ) throws(InputError) -> ONNXOperand {
    let own = operand.shape
    if own.rank == 0 { return operand }
    if own.count == 1, own.rank == 1, block == 0 { return try node.emit(Reshape([]), operand) }
    let axis = try x.checkedAxis(axis, "has a scale for each entry of")
    if block == 0 {
      guard own.rank == 1, own[0] == x[axis] else {
        throw InputError("", "has scales or zero points of \(own) for axis \(axis) of \(x)")
      }
      return try node.emit(Reshape([own[0]] + [Int](repeating: 1, count: x.rank - axis - 1)), operand)
    }
    guard block >= 1, own.rank == x.rank, own[axis] >= 1, own[axis] == (x[axis] - 1) / block + 1 else {
      throw InputError("", "has scales or zero points of \(own) for \(x) in blocks of \(block)")
    }
    return try node.emit(Gather(axis: axis, indices: (0..<x[axis]).map { $0 / block }), operand)
  }
}
