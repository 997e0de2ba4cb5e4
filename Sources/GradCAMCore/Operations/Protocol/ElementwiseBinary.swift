/// y = f(a, b), element by element, of inputs that broadcast to one shape.
protocol ElementwiseBinary: BroadcastingOperation {
  static func value(_ a: Float, _ b: Float) -> Float
  /// ∂y/∂a.
  static func firstSlope(_ a: Float, _ b: Float) -> Float
  /// ∂y/∂b.
  static func secondSlope(_ a: Float, _ b: Float) -> Float
}

extension ElementwiseBinary {
  var keeps: Kept { .inputs }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let shape = checkedShape(of: inputs.map(\.shape))
    return Broadcast.map(inputs[0], inputs[1], to: shape, threads: context.threads) { a, b in Self.value(a, b) }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let (a, b, shape, threads) = (saved.inputs[0], saved.inputs[1], dy.shape, context.threads)
    var gradients: [Tensor?] = [nil, nil]
    if wanted[0] {
      gradients[0] = Broadcast.map(dy, a, b, to: shape, threads: threads) { gradient, a, b in
        through(Self.firstSlope(a, b), gradient)
      }.summed(to: a.shape, threads: threads)
    }
    if wanted[1] {
      gradients[1] = Broadcast.map(dy, a, b, to: shape, threads: threads) { gradient, a, b in
        through(Self.secondSlope(a, b), gradient)
      }.summed(to: b.shape, threads: threads)
    }
    return gradients
  }
}
