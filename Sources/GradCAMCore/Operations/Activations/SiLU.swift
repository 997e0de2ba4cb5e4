/// y = x/(1 + e⁻ˣ), also known as Swish; with s = 1/(1 + e⁻ˣ) its slope is s·(1 + x·(1 − s)).
struct SiLU: VectorActivation {
  let kind = "SiLU"

  var activation: Activation { .silu }

  func value(_ x: Float) -> Float { x / (1 + Exponential.value(-x)) }

  func slope(_ x: Float) -> Float {
    let s = Sigmoid.value(x)
    return s * (1 + x * (1 - s))
  }
}
