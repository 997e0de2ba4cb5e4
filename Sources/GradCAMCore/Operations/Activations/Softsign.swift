/// y = x/(1 + |x|); its slope is 1/(1 + |x|)².
struct Softsign: ElementwiseUnary {
  let kind = "Softsign"

  func value(_ x: Float) -> Float { x / (1 + abs(x)) }

  func slope(_ x: Float) -> Float { 1 / ((1 + abs(x)) * (1 + abs(x))) }
}
