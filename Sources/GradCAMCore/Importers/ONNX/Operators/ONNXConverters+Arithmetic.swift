import ModelFormats

extension ONNXConverters {
  static func division(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let result = try node.emit(Div(), node.present)
    guard case .constant(let quotient) = result, quotient.isInteger else { return [result] }
    // Whole numbers are divided as whole numbers.
    return [.constant(quotient.cut)]
  }

  /// A whole number's power is one, whatever the exponent is.
  static func power(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let result = try node.emit(Pow(), node.present)
    guard case .constant(let power) = result, case .constant(let base)? = node.optional(0), base.isInteger else {
      return [result]
    }
    return [.constant(power.cut)]
  }

  /// PyTorch's `clamp` with bounds that are tensors, or with one bound, gives a tie's gradient to what is held; its `maximum` and
  /// `minimum` share it. Without a word in the file it is shared.
  static func extremum(_ make: @escaping @Sendable (TieRule) -> any Operation) -> Converter {
    { (node) throws(InputError) in [try node.emit(make(node.isClamp ? .first : .shared), node.present)] }
  }
}
