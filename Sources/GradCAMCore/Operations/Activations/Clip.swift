/// y = x held between two bounds; where it is held, at the bounds themselves too, the gradient is 0, as in PyTorch's `Hardtanh`.
///
/// NaN stays one. Where the bounds are the wrong way round, the upper one wins.
struct Clip: VectorActivation {
  let kind: String
  let lower: Float
  let upper: Float
  var isPiecewiseAffine: Bool { true }
  var isRectifier: Bool { lower == 0 }

  init(min lower: Float = -.infinity, max upper: Float = .infinity, kind: String = "Hardtanh") {
    (self.lower, self.upper, self.kind) = (lower, upper, kind)
  }

  /// PyTorch's `ReLU6`.
  static let relu6 = Clip(min: 0, max: 6, kind: "ReLU6")

  func passesShares(from input: Shape?, to output: Shape?) -> Bool { lower < upper }
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> {
    value(inputs[0].lowerBound)...value(inputs[0].upperBound)
  }

  var activation: Activation { .clip(lower, upper) }

  func value(_ x: Float) -> Float {
    let raised = x < lower ? lower : x
    return raised > upper ? upper : raised
  }

  func slope(_ x: Float) -> Float { x > lower && x < upper ? 1 : 0 }
}
