/// The largest whole number that is not above x.
struct Floor: FlatUnary {
  let kind = "floor"
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> {
    value(inputs[0].lowerBound)...value(inputs[0].upperBound)
  }

  func value(_ x: Float) -> Float { x.rounded(.down) }
}
