/// The nearest whole number, of two the even one.
struct Round: FlatUnary {
  let kind = "round"
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> {
    value(inputs[0].lowerBound)...value(inputs[0].upperBound)
  }

  func value(_ x: Float) -> Float { x.rounded(.toNearestOrEven) }
}
