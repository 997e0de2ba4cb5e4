import ModelFormats

/// An operation of inputs that broadcast to one shape, which is the output's.
protocol BroadcastingOperation: Operation {
  /// How many inputs it takes; nil for any number.
  var inputCount: Int? { get }
}

extension BroadcastingOperation {
  var inputCount: Int? { 2 }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    if let inputCount { try expectInputs(inputs, inputCount) }
    guard var result = inputs.first else { throw InputError("", "takes at least 1 input, not 0") }
    for shape in inputs.dropFirst() {
      guard let both = result.broadcast(with: shape) else {
        throw InputError("", "takes inputs that broadcast, not \(result) with \(shape)")
      }
      result = both
    }
    // Two long vectors can ask for any amount of memory.
    return try result.expectingMemory()
  }

  func turned(_ inputs: [Shape]) -> (any Operation)? { self }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    .broadcasting(inputs, output)
  }

  func needs(_ needs: TokenNeeds, of inputs: [Layout?], _ shapes: [Shape]) -> [TokenNeeds] { inputs.map { _ in needs } }
}

extension Shape {
  /// The shape that this one and `other` give when each is stretched along axes of size 1, as in NumPy: logical axes aligned from the
  /// last one on. nil where they do not fit.
  func broadcast(with other: Shape) -> Shape? {
    let rank = max(rank, other.rank)
    let (one, two) = (aligned(to: rank), other.aligned(to: rank))
    var sizes: [Int] = []
    for (a, b) in zip(one, two) {
      guard a == b || a == 1 || b == 1 else { return nil }
      sizes.append(a == 1 ? b : a)
    }
    return Shape(sizes)
  }

  /// The dimensions behind as many ones as make the rank `rank`.
  private func aligned(to rank: Int) -> [Int] { Array(repeating: 1, count: rank - self.rank) + dimensions }
}

extension Tensor {
  /// Whether this holds a number for each index of an axis of `shape`, and nothing else, where it is broadcast to that shape.
  func lies(along axis: Int, of shape: Shape) -> Bool {
    let own = axis - (shape.rank - self.shape.rank)
    return count == shape[axis] && self.shape.rank <= shape.rank && own >= 0 && self.shape[own] == count
  }
}

/// Checks that a parameter, where there is one, broadcasts to the input without enlarging it.
func expectParameter(_ parameter: Tensor?, _ name: String, toBroadcastTo input: Shape) throws(InputError) {
  guard let shape = parameter?.shape, input.broadcast(with: shape) != input else { return }
  throw InputError("", "has \(name) of the shape \(shape), which do not broadcast to \(input)")
}
