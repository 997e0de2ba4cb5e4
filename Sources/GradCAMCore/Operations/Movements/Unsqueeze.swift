public import ModelFormats

/// ONNX's Unsqueeze: axes of size 1 are put in.
public struct Unsqueeze: Operation {
  public let kind = "unsqueeze"
  let axes: [Int]

  /// - Parameter axes: of the output, from its end where negative.
  public init(axes: [Int]) { self.axes = axes }

  public func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    let rank = inputs[0].rank + axes.count
    var added: Set<Int> = []
    for axis in axes {
      let place = axis < 0 ? axis + rank : axis
      guard place >= 0, place < rank, added.insert(place).inserted else {
        throw InputError("", "cannot put axes \(axes) into \(inputs[0])")
      }
    }
    var sizes = inputs[0].dimensions.makeIterator()
    return Shape((0..<rank).map { added.contains($0) ? 1 : sizes.next() ?? 1 })
  }

  public func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    inputs[0].reshaped(to: checkedShape(of: [inputs[0].shape]), threads: context.threads)
  }

  public func backward(
    _ outputGradient: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext
  ) -> [Tensor?] { [outputGradient.reshaped(to: saved.inputShapes[0], threads: context.threads)] }
}
