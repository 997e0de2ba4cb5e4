import ModelFormats

/// The same elements in the same stored order under another shape: what a reshape of N H W C is where a map N C H W stands for it.
struct StoredReshape: Operation {
  let kind = "reshape"
  let shape: Shape

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    let x = try expectInput(inputs)
    guard x.count == shape.count else { throw InputError("", "cannot reshape \(x) to \(shape)") }
    return shape
  }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    Tensor(shape: shape, storage: inputs[0].storage)
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    [Tensor(shape: saved.inputShapes[0], storage: dy.storage)]
  }
}
