/// The best of any number of inputs, element by element, broadcasting. NaN wins; inputs that tie share the gradient equally, as
/// PyTorch's `maximum` has it, or the first one has it.
protocol Extremum: BroadcastingOperation {
  var ties: TieRule { get }

  static func isBetter(_ a: Float, _ b: Float) -> Bool
}

extension Extremum {
  var inputCount: Int? { nil }
  var keeps: Kept { [.inputs, .output] }
  var isPiecewiseAffine: Bool { true }
  /// Of a value and of constants: a bound.
  func passesShares(from input: Shape?, to output: Shape?) -> Bool { true }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let shape = checkedShape(of: inputs.map(\.shape))
    return inputs.dropFirst().reduce(inputs[0]) { best, next in
      Broadcast.map(best, next, to: shape, threads: context.threads) { best, next in
        Self.isBetter(next, best) || next.isNaN ? next : best
      }
    }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let (y, shape, threads) = (saved.keptOutput, dy.shape, context.threads)
    if case .first = self.ties { return firstGradients(dy, saved, wanted: wanted, context) }
    let none = Tensor(repeating: 0, Shape())
    let ties = saved.inputs.reduce(none) { ties, x in
      Broadcast.map(ties, x, y, to: shape, threads: threads) { ties, x, y in x == y ? ties + 1 : ties }
    }
    let share = dy.map(ties, threads: threads) { gradient, ties in gradient / max(ties, 1) }
    return zip(saved.inputs, wanted).map { x, wanted in
      guard wanted else { return nil }
      return Broadcast.map(share, x, y, to: shape, threads: threads) { share, x, y in x == y ? share : 0 }
        .summed(to: x.shape, threads: threads)
    }
  }

  /// Every input's gradient, where a tie's goes to the first.
  private func firstGradients(
    _ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext
  ) -> [Tensor?] {
    let (y, shape, threads) = (saved.keptOutput, dy.shape, context.threads)
    var rest = dy
    return zip(saved.inputs, wanted).map { x, wanted in
      let own = Broadcast.map(rest, x, y, to: shape, threads: threads) { rest, x, y in x == y ? rest : 0 }
      rest = Broadcast.map(rest, x, y, to: shape, threads: threads) { rest, x, y in x == y ? 0 : rest }
      return wanted ? own.summed(to: x.shape, threads: threads) : nil
    }
  }
}
