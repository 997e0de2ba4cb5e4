/// y = 1/(1 + e⁻ˣ); its gradient is y·(1−y).
struct Sigmoid: VectorActivation {
  let kind = "Sigmoid"
  var keeps: Kept { .output }
  func finalActivation(of input: Shape?) -> FinalActivation { .sigmoid }
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { 0...1 }

  var activation: Activation { .sigmoid }

  func value(_ x: Float) -> Float { Sigmoid.value(x) }

  func slope(_ y: Float) -> Float { y * (1 - y) }

  /// The function itself.
  static func value(_ x: Float) -> Float { 1 / (1 + Exponential.value(-x)) }
}
