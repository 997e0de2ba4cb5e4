public import ModelFormats

/// ONNX's Squeeze: axes of size 1 are dropped.
public struct Squeeze: Operation {
  public let kind = "squeeze"
  let axes: [Int]?

  /// - Parameter axes: of the input, from the end where negative; nil for all of size 1.
  public init(axes: [Int]? = nil) { self.axes = axes }

  public func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    let x = inputs[0]
    var dropped = Set(x.dimensions.indices.filter { x[$0] == 1 })
    if let axes {
      let ones = dropped
      dropped = []
      for axis in axes {
        let axis = try x.expectingAxis(axis, "squeezes")
        guard ones.contains(axis) else { throw InputError("", "squeezes axis \(axis) of \(x), whose size is not 1") }
        dropped.insert(axis)
      }
    }
    return Shape(x.dimensions.indices.filter { !dropped.contains($0) }.map { x[$0] })
  }

  public func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    inputs[0].reshaped(to: checkedShape(of: [inputs[0].shape]), threads: context.threads)
  }

  public func backward(
    _ outputGradient: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext
  ) -> [Tensor?] { [outputGradient.reshaped(to: saved.inputShapes[0], threads: context.threads)] }
}
