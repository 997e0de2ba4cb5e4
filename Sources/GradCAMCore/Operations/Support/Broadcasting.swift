public import ModelFormats

/// The shape that all of `shapes` broadcast to, as NumPy has it: logical axes aligned from the last one on, each of one size or
/// of one element.
func broadcastShape(_ shapes: [Shape]) throws(InputError) -> Shape {
  guard var result = shapes.first else { throw InputError("", "takes at least 1 input, not 0") }
  for shape in shapes.dropFirst() {
    let rank = max(result.rank, shape.rank)
    let (a, b) = (result.dimensions.padded(to: rank), shape.dimensions.padded(to: rank))
    for axis in 0..<rank where a[axis] != b[axis] && a[axis] != 1 && b[axis] != 1 {
      throw InputError("", "takes inputs that broadcast, not \(result) with \(shape)")
    }
    result = Shape((0..<rank).map { a[$0] == 1 ? b[$0] : a[$0] })
  }
  // Two long vectors can ask for any amount of memory.
  return try result.expectingMemory()
}

/// Checks that a parameter, where there is one, broadcasts to the input without enlarging it.
func expectParameter(_ parameter: Tensor?, _ name: String, toBroadcastTo input: Shape) throws(InputError) {
  guard let shape = parameter?.shape, (try? broadcastShape([input, shape])) != input else { return }
  throw InputError("", "has \(name) of the shape \(shape), which do not broadcast to \(input)")
}

extension [Int] {
  /// With ones before it.
  fileprivate func padded(to rank: Int) -> [Int] { [Int](repeating: 1, count: rank - count) + self }
}

/// y = f(a, b), element by element, of inputs that broadcast to one shape.
public protocol ElementwiseBinary: Operation {
  static func value(_ a: Float, _ b: Float) -> Float
  /// ∂y/∂a. A slope of 0 stops every gradient, an infinite one too.
  static func firstSlope(_ a: Float, _ b: Float) -> Float
  /// ∂y/∂b.
  static func secondSlope(_ a: Float, _ b: Float) -> Float
}

extension ElementwiseBinary {
  public var keeps: Kept { .inputs }

  public func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 2)
    return try broadcastShape(inputs)
  }

  public func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let shape = checkedShape(of: inputs.map(\.shape))
    return Broadcast.map(inputs[0], inputs[1], to: shape, threads: context.threads) { a, b in Self.value(a, b) }
  }

  public func backward(
    _ outputGradient: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext
  ) -> [Tensor?] {
    let (a, b, shape, threads) = (saved.inputs[0], saved.inputs[1], outputGradient.shape, context.threads)
    var gradients: [Tensor?] = [nil, nil]
    if wanted[0] {
      gradients[0] = Broadcast.map(outputGradient, a, b, to: shape, threads: threads) { gradient, a, b in
        let slope = Self.firstSlope(a, b)
        return slope == 0 ? 0 : gradient * slope
      }.summed(to: a.shape, threads: threads)
    }
    if wanted[1] {
      gradients[1] = Broadcast.map(outputGradient, a, b, to: shape, threads: threads) { gradient, a, b in
        let slope = Self.secondSlope(a, b)
        return slope == 0 ? 0 : gradient * slope
      }.summed(to: b.shape, threads: threads)
    }
    return gradients
  }
}

/// 1 where something holds of the elements of two inputs that broadcast to one shape, else 0. No gradient passes.
public protocol Comparison: Operation {
  static func holds(_ a: Float, _ b: Float) -> Bool
}

extension Comparison {
  public func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 2)
    return try broadcastShape(inputs)
  }

  public func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let shape = checkedShape(of: inputs.map(\.shape))
    return Broadcast.map(inputs[0], inputs[1], to: shape, threads: context.threads) { a, b in Self.holds(a, b) ? 1 : 0 }
  }

  public func backward(
    _ outputGradient: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext
  ) -> [Tensor?] { saved.zeroGradients(wanted: wanted) }
}
