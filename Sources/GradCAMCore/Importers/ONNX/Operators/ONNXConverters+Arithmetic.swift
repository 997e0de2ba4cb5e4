import ModelFormats

extension ONNXConverters {
  static func division(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let result = try node.emit(Div(), node.present)
    guard case .constant(let quotient) = result, quotient.isInteger else { return [result] }
    // Whole numbers are divided as whole numbers.
    return [.constant(quotient.cut)]
  }

  /// What is left of a division; `fmod` says whose sign it has.
  static func modulus(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let takesFirstSign = try node.int("fmod", default: 0) != 0
    return [try node.emit(takesFirstSign ? FMod() as any Operation : Remainder(), node.present)]
  }

  /// Truth values, which are whole numbers where they are known.
  static func truth(_ operation: any Operation) -> Converter {
    { (node) throws(InputError) in
      let result = try node.emit(operation, node.present)
      guard case .constant(let constant) = result else { return [result] }
      return [.constant(ONNXConstant(constant.tensor, isInteger: true))]
    }
  }

  static func isInfinite(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let operation = IsInf(
      findsPositive: try node.int("detect_positive", default: 1) != 0,
      findsNegative: try node.int("detect_negative", default: 1) != 0)
    return try truth(operation)(node)
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
