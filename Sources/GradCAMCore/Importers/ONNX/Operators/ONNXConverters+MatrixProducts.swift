import ModelFormats

extension ONNXConverters {
  /// A product with constant weights is a Linear, which multiplies by them where they lie in the file.
  static func gemm(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let (alpha, beta) = (try node.float("alpha", default: 1), try node.float("beta", default: 1))
    let (isATransposed, isBTransposed) = (
      try node.int("transA", default: 0) != 0, try node.int("transB", default: 0) != 0
    )
    if case .constant(let weight) = try node.operand(1), case .value = try node.operand(0), weight.shape.rank == 2,
      isBTransposed, !isATransposed, alpha == 1, beta == 1
    {
      let bias = try node.optionalConstant(2)?.tensor
      if bias.map({ $0.count == weight.shape[0] }) ?? true {
        let linear = Linear(weight: weight.tensor, bias: bias?.reshaped(to: Shape(weight.shape[0])))
        return [try node.emit(linear, try node.operand(0))]
      }
    }
    let gemm = Gemm(alpha: alpha, beta: beta, transposeA: isATransposed, transposeB: isBTransposed)
    return [try node.emit(gemm, node.present)]
  }
}
