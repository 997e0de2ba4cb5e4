/// y = max(x, 0). A NaN stays one and lets the gradient through; the gradient at 0 is 0, as in PyTorch.
struct ReLU: VectorActivation {
  let kind = "ReLU"
  var keeps: Kept { .output }
  var isPiecewiseAffine: Bool { true }
  var isRectifier: Bool { true }
  func passesShares(from input: Shape?, to output: Shape?) -> Bool { true }
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> {
    value(inputs[0].lowerBound)...value(inputs[0].upperBound)
  }

  var activation: Activation { .relu }

  func value(_ x: Float) -> Float { x < 0 ? 0 : x }

  func slope(_ y: Float) -> Float { y <= 0 ? 0 : 1 }
}
