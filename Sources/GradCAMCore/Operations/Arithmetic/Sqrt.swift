/// y = √x; its slope is 1/(2y).
struct Sqrt: ElementwiseUnary {
  let kind = "sqrt"
  var keeps: Kept { .output }

  func value(_ x: Float) -> Float { x.squareRoot() }

  func slope(_ y: Float) -> Float { 0.5 / y }
}
