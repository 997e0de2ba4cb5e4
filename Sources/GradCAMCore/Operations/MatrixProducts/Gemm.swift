import ModelFormats

/// ONNX's Gemm: Y = alpha·op(A)·op(B) + beta·C, C broadcast to Y and free to be missing.
struct Gemm: Operation {
  let kind = "gemm"
  var takesWeights: Bool { true }
  var alpha: Float = 1
  var beta: Float = 1
  var transposeA = false
  var transposeB = false
  var keeps: Kept { .inputs }
  func isAffine(inInput position: Int) -> Bool { true }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    guard inputs.count == 2 || inputs.count == 3 else {
      throw InputError("", "takes 2 or 3 inputs, not \(inputs.count)")
    }
    let (a, b) = (inputs[0], inputs[1])
    guard a.rank == 2, b.rank == 2, a[transposeA ? 0 : 1] == b[transposeB ? 1 : 0] else {
      throw InputError("", "multiplies \(a) by \(b)")
    }
    let shape = Shape(a[transposeA ? 1 : 0], b[transposeB ? 0 : 1])
    guard inputs.count == 2 || inputs[2].broadcast(with: shape) == shape else {
      throw InputError("", "adds \(inputs[2]) to \(shape)")
    }
    return try shape.expectingMemory()
  }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    .product(inputs[0], inputs[1], kept: kept, output)
  }

  func needs(_ needs: TokenNeeds, of inputs: [Layout?], _ shapes: [Shape]) -> [TokenNeeds] {
    Layout.needsOfProduct(needs, inputs[0], inputs[1], kept: kept) + inputs.dropFirst(2).map { _ in needs.everywhere }
  }

  /// The axis of each matrix that is not summed over, counted from the end.
  private var kept: (first: Int, second: Int) { (transposeA ? -1 : -2, transposeB ? -2 : -1) }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let shape = checkedShape(of: inputs.map(\.shape))
    let y = multiply(inputs[0], transposeA, inputs[1], transposeB, shape, context)
    guard inputs.count == 3 else { return scaled(y, alpha, context) }
    let expanded = Expand(shape.dimensions).forward([inputs[2]], context)
    return y.map(expanded, threads: context.threads) { [alpha, beta] product, c in alpha * product + beta * c }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let (a, b) = (saved.inputs[0], saved.inputs[1])
    var gradients = [Tensor?](repeating: nil, count: saved.inputShapes.count)
    let dp = scaled(dy, alpha, context)
    if wanted[0] {
      // d op(A) = dY·op(B)ᵀ, and dA its transpose where A was transposed.
      gradients[0] =
        transposeA
        ? multiply(b, transposeB, dp, true, a.shape, context) : multiply(dp, false, b, !transposeB, a.shape, context)
    }
    if wanted[1] {
      gradients[1] =
        transposeB
        ? multiply(dp, true, a, transposeA, b.shape, context) : multiply(a, !transposeA, dp, false, b.shape, context)
    }
    if saved.inputShapes.count == 3, wanted[2] {
      let expand = Expand(dy.shape.dimensions)
      let sums = expand.backward(
        scaled(dy, beta, context), Saved(inputShapes: [saved.inputShapes[2]]), wanted: [true], context)
      gradients[2] = sums[0]
    }
    return gradients
  }

  func multiplyAdds(of inputs: [Shape]) -> Int {
    guard let shape = try? outputShape(of: inputs) else { return 0 }
    return shape.count * inputs[0][transposeA ? 0 : 1]
  }

  private func multiply(
    _ a: Tensor, _ transposeA: Bool, _ b: Tensor, _ transposeB: Bool, _ shape: Shape, _ context: ExecutionContext
  ) -> Tensor {
    let product = MatrixStackProduct(
      m: shape[0], n: shape[1], k: a.shape[transposeA ? 0 : 1], transposeA: transposeA, transposeB: transposeB,
      terms: [[(0, 0)]])
    return Tensor(shape) { product.run(a.elements, b.elements, $0, threads: context.threads) }
  }

  private func scaled(_ x: Tensor, _ factor: Float, _ context: ExecutionContext) -> Tensor {
    factor == 1 ? x : x.map(threads: context.threads) { value, _ in factor * value }
  }
}
