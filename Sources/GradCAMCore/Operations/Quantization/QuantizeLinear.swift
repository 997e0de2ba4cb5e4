import ModelFormats

/// ONNX's QuantizeLinear: y = x/scale rounded, of two whole numbers to the even one, plus the zero point, held in the type's range.
/// Inputs are x, its scale and its zero point; the latter two broadcast to x.
///
/// Rounding has no slope but 0. Gradients pass it straight through, as if it were not there, and stop where the range ends: so
/// has it PyTorch's `fake_quantize`. Scales and zero points get none.
struct QuantizeLinear: Operation {
  let kind = "quantize"
  let type: QuantizedRange
  var keeps: Kept { .inputs }
  var hasKinks: Bool { true }
  var passesGradientsStraight: Bool { true }

  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { type.least...type.most }
  /// Shares that are quantised at a network's end are still its shares once they are brought back.
  func passesShares(from input: Shape?, to output: Shape?) -> Bool { true }
  var isQuantization: Bool { true }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 3)
    return try inputs[0].expectQuantization(scale: inputs[1], zero: inputs[2])
  }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? { inputs[0] }

  func needs(_ needs: TokenNeeds, of inputs: [Layout?], _ shapes: [Shape]) -> [TokenNeeds] { inputs.map { _ in needs } }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let whole = rounded(inputs, context)
    return whole.map(threads: context.threads) { x, _ in type.held(x) }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let passed = dy.map(rounded(saved.inputs, context), threads: context.threads) { gradient, whole in
      type.holds(whole) ? gradient : 0
    }
    let gradient = Broadcast.map(passed, saved.inputs[1], to: dy.shape, threads: context.threads) { $0 / $1 }
    return [gradient] + saved.inputShapes.dropFirst().map { Tensor(repeating: 0, $0) }
  }

  private func rounded(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    Broadcast.map(inputs[0], inputs[1], inputs[2], to: inputs[0].shape, threads: context.threads) { x, scale, zero in
      (x / scale).rounded(.toNearestOrEven) + zero
    }
  }
}

extension Shape {
  /// This shape, which scales and zero points broadcast to.
  func expectQuantization(scale: Shape, zero: Shape) throws(InputError) -> Shape {
    guard broadcast(with: scale) == self, broadcast(with: zero) == self else {
      throw InputError("", "has scales of \(scale) and zero points of \(zero) for \(self)")
    }
    return self
  }
}
