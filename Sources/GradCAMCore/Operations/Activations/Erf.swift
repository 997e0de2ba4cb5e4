import Glibc

/// y = 2/√π·∫₀ˣ e^(−t²) dt; its slope is 2/√π·e^(−x²).
struct Erf: VectorActivation {
  let kind = "erf"

  var term: ElementaryTerm? { .errorFunction }

  var activation: Activation { .erf }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    descent(dy, saved, context)
  }

  func value(_ x: Float) -> Float { erff(x) }

  func slope(_ x: Float) -> Float { Erf.slopeAtZero * expf(-x * x) }

  /// 2/√π.
  private static let slopeAtZero: Float = 1.128_379_2
}
