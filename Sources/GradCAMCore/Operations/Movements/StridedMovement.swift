/// An operation whose output holds the input's elements at other places, by a stride an axis.
protocol StridedMovement: Operation {
  /// The way from an input to an output of these shapes.
  func axes(_ input: Shape, _ output: Shape) -> [StridedCopy.Axis]

  /// Whether an element may come to stand at several places, whose gradients add up.
  var repeatsElements: Bool { get }
}

extension StridedMovement {
  var isAffine: Bool { true }
  var onlyMovesOrPools: Bool { true }
  var repeatsElements: Bool { false }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let x = inputs[0]
    let shape = checkedShape(of: [x.shape])
    return Tensor(shape) {
      StridedCopy.copy(axes(x.shape, shape), from: x.elements, to: $0, threads: context.threads)
    }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let input = saved.inputShapes[0]
    let (back, source) = (axes(input, dy.shape).map(\.reversed), dy.elements)
    let gradient = Tensor(input) { target in
      guard repeatsElements else { return StridedCopy.copy(back, from: source, to: target, threads: context.threads) }
      target.update(repeating: 0, count: input.count)
      StridedCopy.add(back, from: source, to: target, threads: context.threads)
    }
    return [gradient]
  }
}
