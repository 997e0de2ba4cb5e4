/// y = x held between two bounds; where it is held the gradient is 0. At the bounds themselves it is 0, too, as in PyTorch's `Hardtanh`
/// and `ReLU6`, or passes, as in its `clamp`.
///
/// NaN stays one. Where the bounds are the wrong way round, the upper one wins.
struct Clip: VectorActivation {
  let kind: String
  let lower: Float
  let upper: Float
  let passesAtBounds: Bool
  var isPiecewiseAffine: Bool { true }
  var isRectifier: Bool { lower == 0 }

  init(
    min lower: Float = -.infinity, max upper: Float = .infinity, kind: String = "Hardtanh", passesAtBounds: Bool = false
  ) {
    (self.lower, self.upper, self.kind, self.passesAtBounds) = (lower, upper, kind, passesAtBounds)
  }

  /// PyTorch's `ReLU6`.
  static let relu6 = Clip(min: 0, max: 6, kind: "ReLU6")

  /// PyTorch's `clamp`; a bound that is nil holds nothing.
  static func clamp(min lower: Float? = nil, max upper: Float? = nil) -> Clip {
    Clip(min: lower ?? -.infinity, max: upper ?? .infinity, kind: "clamp", passesAtBounds: true)
  }

  func passesShares(from input: Shape?, to output: Shape?) -> Bool { lower < upper }
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> {
    value(inputs[0].lowerBound)...value(inputs[0].upperBound)
  }

  var activation: Activation { .clip(lower, upper) }

  func value(_ x: Float) -> Float {
    let raised = x < lower ? lower : x
    return raised > upper ? upper : raised
  }

  func slope(_ x: Float) -> Float {
    let passes = passesAtBounds ? x >= lower && x <= upper : x > lower && x < upper
    return passes ? 1 : 0
  }
}
