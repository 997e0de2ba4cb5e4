/// The smallest whole number that is not below x.
struct Ceil: FlatUnary {
  let kind = "ceil"
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> {
    value(inputs[0].lowerBound)...value(inputs[0].upperBound)
  }

  func value(_ x: Float) -> Float { x.rounded(.up) }
}
