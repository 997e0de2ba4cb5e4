import ModelFormats

extension ONNXConverters {
  static func division(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let result = try node.emit(Div(), node.present)
    guard case .constant(let quotient) = result, quotient.isInteger else { return [result] }
    // Whole numbers are divided as whole numbers.
    return [.constant(ONNXConstant(Tensor(quotient.integers.map(Float.init), quotient.shape), isInteger: true))]
  }
}
