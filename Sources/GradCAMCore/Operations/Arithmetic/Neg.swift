/// y = −x.
struct Neg: ElementwiseUnary {
  let kind = "neg"
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { -inputs[0].upperBound...(-inputs[0].lowerBound) }
  var term: ElementaryTerm? { .negation }
  var isAffine: Bool { true }

  func value(_ x: Float) -> Float { -x }

  func slope(_ x: Float) -> Float { -1 }
}
