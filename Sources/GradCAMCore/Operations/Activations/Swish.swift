/// y = x/(1 + e^(−alpha·x)); with s = 1/(1 + e^(−alpha·x)) its slope is s·(1 + alpha·x·(1 − s)). SiLU where alpha is 1.
struct Swish: ElementwiseUnary {
  let kind = "swish"
  let alpha: Float

  func value(_ x: Float) -> Float { x / (1 + Exponential.value(-alpha * x)) }

  func slope(_ x: Float) -> Float {
    let s = Sigmoid.value(alpha * x)
    return s * (1 + alpha * x * (1 - s))
  }
}
