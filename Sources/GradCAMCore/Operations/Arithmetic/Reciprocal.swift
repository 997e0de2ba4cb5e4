/// y = 1/x; its slope is −y².
struct Reciprocal: ElementwiseUnary {
  let kind = "reciprocal"
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> {
    inputs[0].contains(0)
      ? .everything : ClosedRange(spanning: [value(inputs[0].lowerBound), value(inputs[0].upperBound)])
  }
  var term: ElementaryTerm? { .reciprocal }
  var keeps: Kept { .output }

  func value(_ x: Float) -> Float { 1 / x }

  func slope(_ y: Float) -> Float { -y * y }
}
