/// y = alpha·x + beta, held between 0 and 1; at the corners the gradient is 0, as in PyTorch.
struct HardSigmoid: VectorActivation {
  let kind = "Hardsigmoid"
  // The defaults are PyTorch's; ONNX's are 0.2 and 0.5.
  var alpha: Float = 1 / 6
  var beta: Float = 0.5
  var keeps: Kept { .output }
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { 0...1 }

  var hasKinks: Bool { true }
  var activation: Activation { .hardSigmoid(alpha: alpha, beta: beta) }

  func value(_ x: Float) -> Float { min(max(alpha * x + beta, 0), 1) }

  func slope(_ y: Float) -> Float { y > 0 && y < 1 ? alpha : 0 }
}
