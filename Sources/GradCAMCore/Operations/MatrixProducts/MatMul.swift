import ModelFormats

/// NumPy's `matmul`: … M K times … K N gives … M N, the leading axes broadcast.
///
/// A vector in front counts as a row, one behind as a column, and its axis is missing from the output.
struct MatMul: Operation {
  let kind = "matmul"
  var takesWeights: Bool { true }
  var keeps: Kept { .inputs }
  var attentionPart: AttentionPart? { .mixes }
  func isAffine(inInput position: Int) -> Bool { true }
  var fusionPart: FusionPart? { .matmul }

  func rowWeight(_ constants: [Int: Tensor]) -> ConvolutionWeight? {
    guard constants.count == 1, let matrix = constants[1], matrix.shape.rank == 2, matrix.count > 0 else { return nil }
    return ConvolutionWeight(matrix: matrix, isTurned: true)
  }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 2)
    guard let plan = Plan(inputs[0], inputs[1]) else { throw InputError("", "multiplies \(inputs[0]) by \(inputs[1])") }
    return try plan.output.expectingMemory()
  }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    shapes.allSatisfy { $0.rank >= 2 } ? .product(inputs[0], inputs[1], output) : nil
  }

  func needs(_ needs: TokenNeeds, of inputs: [Layout?], _ shapes: [Shape]) -> [TokenNeeds] {
    guard shapes.allSatisfy({ $0.rank >= 2 }) else { return inputs.map { _ in needs.everywhere } }
    return Layout.needsOfProduct(needs, inputs[0], inputs[1])
  }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let plan = plan(inputs[0].shape, inputs[1].shape)
    if plan.isEmpty { return Tensor(repeating: 0, plan.output) }
    let product = MatrixStackProduct(m: plan.m, n: plan.n, k: plan.k, terms: plan.pairs().map { [$0] })
    return run(product, inputs[0], inputs[1], plan.output, context)
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let (a, b) = (saved.inputs[0], saved.inputs[1])
    let plan = plan(a.shape, b.shape)
    if plan.isEmpty { return [Tensor(repeating: 0, a.shape), Tensor(repeating: 0, b.shape)] }
    var gradients: [Tensor?] = [nil, nil]
    if wanted[0] {
      // dA = dY·Bᵀ, summed over the places that one matrix of A was broadcast to.
      var product = MatrixStackProduct(m: plan.m, n: plan.k, k: plan.n, transposeB: true, terms: [])
      product.terms = Array(repeating: [], count: a.count / (plan.m * plan.k))
      for (y, pair) in plan.pairs().enumerated() { product.terms[pair.a].append((y, pair.b)) }
      gradients[0] = run(product, dy, b, a.shape, context)
    }
    if wanted[1] {
      // dB = Aᵀ·dY.
      var product = MatrixStackProduct(m: plan.k, n: plan.n, k: plan.m, transposeA: true, terms: [])
      product.terms = Array(repeating: [], count: b.count / (plan.k * plan.n))
      for (y, pair) in plan.pairs().enumerated() { product.terms[pair.b].append((pair.a, y)) }
      gradients[1] = run(product, a, dy, b.shape, context)
    }
    return gradients
  }

  func multiplyAdds(of inputs: [Shape]) -> Int {
    guard inputs.count == 2, let plan = Plan(inputs[0], inputs[1]) else { return 0 }
    return plan.output.count * plan.k
  }

  private func plan(_ a: Shape, _ b: Shape) -> Plan {
    guard let plan = Plan(a, b) else { preconditionFailure("shapes that were not checked") }
    return plan
  }

  /// Multiplies in logical order, where the last two axes are matrices.
  private func run(
    _ product: MatrixStackProduct, _ a: Tensor, _ b: Tensor, _ shape: Shape, _ context: ExecutionContext
  ) -> Tensor {
    let a = a.reshaped(to: Shape(a.count), threads: context.threads)
    let b = b.reshaped(to: Shape(b.count), threads: context.threads)
    let flat = Tensor(Shape(shape.count)) { product.run(a.elements, b.elements, $0, threads: context.threads) }
    return flat.reshaped(to: shape, threads: context.threads)
  }

  /// Which matrices of two stacks are multiplied.
  private struct Plan {
    var m: Int
    var n: Int
    var k: Int
    let output: Shape
    /// Whether there is nothing to multiply: every sum is zero.
    let isEmpty: Bool
    /// The places of matrices in A, in B and in the output.
    private let stacks: (a: Shape, b: Shape, all: Shape)
    /// Whether one matrix stands behind many: they are one tall matrix.
    private let isTall: Bool

    /// nil for shapes that do not fit.
    init?(_ a: Shape, _ b: Shape) {
      guard a.rank >= 1, b.rank >= 1 else { return nil }
      let (left, right) = (
        a.rank == 1 ? [1] + a.dimensions : a.dimensions, b.rank == 1 ? b.dimensions + [1] : b.dimensions
      )
      (m, k, n) = (left[left.count - 2], left[left.count - 1], right[right.count - 1])
      let (stackA, stackB) = (Shape(left.dropLast(2)), Shape(right.dropLast(2)))
      guard right[right.count - 2] == k, let stack = stackA.broadcast(with: stackB) else { return nil }
      output = Shape(stack.dimensions + (a.rank == 1 ? [] : [m]) + (b.rank == 1 ? [] : [n]))
      stacks = (stackA, stackB, stack)
      isEmpty = output.dimensions.contains(0) || k == 0
      isTall = !isEmpty && stackB.count == 1 && stackA == stack
      if isTall { m *= stack.count }
    }

    /// By matrix of the output, the one of A and the one of B.
    func pairs() -> [(a: Int, b: Int)] {
      if isEmpty { return [] }
      if isTall { return [(0, 0)] }
      return Array(zip(Plan.indices(stacks.a, in: stacks.all), Plan.indices(stacks.b, in: stacks.all)))
    }

    /// By index of `stack`, the index of the smaller stack that is broadcast to it.
    private static func indices(_ small: Shape, in stack: Shape) -> [Int] {
      var indices = [0]
      for (axis, size) in stack.dimensions.enumerated() {
        let own = axis - (stack.rank - small.rank)
        let ownSize = own < 0 ? 1 : small[own]
        indices = indices.flatMap { index in (0..<size).map { index * ownSize + (ownSize == 1 ? 0 : $0) } }
      }
      return indices
    }
  }
}
