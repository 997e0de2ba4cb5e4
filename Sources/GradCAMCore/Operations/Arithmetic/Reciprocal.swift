/// y = 1/x; its slope is −y².
struct Reciprocal: ElementwiseUnary {
  let kind = "reciprocal"
  var term: ElementaryTerm? { .reciprocal }
  var keeps: Kept { .output }

  func value(_ x: Float) -> Float { 1 / x }

  func slope(_ y: Float) -> Float { -y * y }
}
