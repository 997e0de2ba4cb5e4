/// y = x·t with t = tanh(ln(1 + eˣ)); with s = 1/(1 + e⁻ˣ) its slope is t + x·s·(1 − t²).
struct Mish: ElementwiseUnary {
  let kind = "Mish"

  func value(_ x: Float) -> Float { x * Mish.factor(x) }

  func slope(_ x: Float) -> Float {
    let t = Mish.factor(x)
    return t + x * Sigmoid.value(x) * (1 - t * t)
  }

  /// t = n/(n + 2) with n = e²ˣ + 2eˣ.
  private static func factor(_ x: Float) -> Float {
    // From 20 on t rounds to 1, and n would overflow.
    let power = Exponential.value(x > 20 ? 20 : x)
    let n = power * (power + 2)
    return n / (n + 2)
  }
}
