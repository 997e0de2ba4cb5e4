/// An operation that picks entries of its first input, which its second names. Indices get no gradient.
///
/// An index that depends on the image, and names what is not there, gives NaN.
protocol PickingOperation: Operation {
  /// Where the entries stand in the first input.
  ///
  /// - Precondition: shapes that were checked.
  func places(_ indices: Tensor, in data: Shape) -> NamedPlaces
}

extension PickingOperation {
  var keeps: Kept { .inputs }
  var onlyMovesOrPools: Bool { true }
  func isAffine(inInput position: Int) -> Bool { position == 0 }
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { inputs[0] }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let shape = checkedShape(of: inputs.map(\.shape))
    return places(inputs[1], in: inputs[0].shape).entries(of: inputs[0], as: shape, threads: context.threads)
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let (data, indices) = (saved.inputShapes[0], saved.inputs[1])
    return [
      wanted[0] ? places(indices, in: data).gradient(of: dy, in: data, threads: context.threads) : nil,
      wanted[1] ? Tensor(repeating: 0, indices.shape) : nil,
    ]
  }
}
