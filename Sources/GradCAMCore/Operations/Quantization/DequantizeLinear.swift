import ModelFormats

/// ONNX's DequantizeLinear: y = (x − zero point)·scale. Inputs are x, its scale and its zero point; the latter two broadcast to x, and
/// get no gradients.
struct DequantizeLinear: Operation {
  let kind = "dequantize"
  var keeps: Kept { .inputs }
  func isAffine(inInput position: Int) -> Bool { position == 0 }
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> {
    .ends(.ends(inputs[0], inputs[2], -), inputs[1], *)
  }
  /// See `QuantizeLinear`.
  func passesShares(from input: Shape?, to output: Shape?) -> Bool { true }
  var isQuantization: Bool { true }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 3)
    return try inputs[0].expectQuantization(scale: inputs[1], zero: inputs[2])
  }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? { inputs[0] }

  func needs(_ needs: TokenNeeds, of inputs: [Layout?], _ shapes: [Shape]) -> [TokenNeeds] { inputs.map { _ in needs } }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    Broadcast.map(inputs[0], inputs[1], inputs[2], to: inputs[0].shape, threads: context.threads) { x, scale, zero in
      (x - zero) * scale
    }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let gradient = Broadcast.map(dy, saved.inputs[1], to: dy.shape, threads: context.threads) { $0 * $1 }
    return [gradient] + saved.inputShapes.dropFirst().map { Tensor(repeating: 0, $0) }
  }
}
