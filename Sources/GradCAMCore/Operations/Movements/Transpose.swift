import ModelFormats

/// PyTorch's `permute`: axis i of the output is axis `permutation[i]` of the input.
struct Transpose: StridedMovement {
  let kind = "permute"
  let permutation: [Int]?
  var isAffine: Bool { true }
  var onlyMovesOrPools: Bool { true }

  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { inputs[0] }

  /// Where axes change places, an image's values keep their order if all but one of them are of size 1; the batch stays in front.
  func passesShares(from input: Shape?, to output: Shape?) -> Bool {
    guard let input else { return false }
    let order = order(input).filter { $0 == 0 || input[$0] > 1 }
    return order == order.sorted()
  }

  /// - Parameter permutation: every axis once, from the end where negative; nil turns their order round, as ONNX's Transpose does.
  init(_ permutation: [Int]? = nil) { self.permutation = permutation }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    let order = order(inputs[0])
    guard order.sorted() == Array(inputs[0].dimensions.indices) else {
      throw InputError("", "permutes the axes of \(inputs[0]) by \(permutation ?? [])")
    }
    return Shape(order.map { inputs[0][$0] })
  }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    guard var layout = inputs[0] else { return nil }
    layout.axes = order(shapes[0]).map { layout.axes[$0] }
    return layout
  }

  func needs(_ needs: TokenNeeds, of inputs: [Layout?], _ shapes: [Shape]) -> [TokenNeeds] { [needs] }

  func movement(_ input: Shape, _ output: Shape) -> Movement? { Movement(order: order(input)) }

  private func order(_ x: Shape) -> [Int] {
    permutation.map { $0.map { axis in axis < 0 && axis >= -x.rank ? axis + x.rank : axis } }
      ?? x.dimensions.indices.reversed()
  }

  func axes(_ input: Shape, _ output: Shape) -> [StridedCopy.Axis] {
    let (sources, targets) = (StoredAxis.strides(input), StoredAxis.strides(output))
    return order(input).enumerated().map { target, source in
      StridedCopy.Axis(size: input[source], source: sources[source], target: targets[target])
    }
  }
}
