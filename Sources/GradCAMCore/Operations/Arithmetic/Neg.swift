/// y = −x.
struct Neg: ElementwiseUnary {
  let kind = "neg"
  var term: ElementaryTerm? { .negation }
  var isAffine: Bool { true }

  func value(_ x: Float) -> Float { -x }

  func slope(_ x: Float) -> Float { -1 }
}
