extension Tensor {
  /// A tensor of the same shape with `body` applied to every element (and the same element of `other`).
  @inline(__always)
  func map(_ other: Tensor? = nil, threads: Workers, _ body: (Float, Float) -> Float) -> Tensor {
    let operand = other ?? self
    precondition(operand.shape == shape, "operands of different shapes")
    return Tensor(shape) { target in
      parallelFor(count, blockSize: 1 << 16, threads: threads) { range, _ in
        let (a, b) = (elements, operand.elements)
        for i in range { target[i] = body(a[i], b[i]) }
      }
    }
  }
}
