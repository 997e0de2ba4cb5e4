import Glibc

/// y = 2/√π·∫₀ˣ e^(−t²) dt; its slope is 2/√π·e^(−x²).
struct Erf: ElementwiseUnary {
  let kind = "erf"

  func value(_ x: Float) -> Float { erff(x) }

  func slope(_ x: Float) -> Float { Erf.slopeAtZero * expf(-x * x) }

  /// 2/√π.
  private static let slopeAtZero: Float = 1.128_379_2
}
