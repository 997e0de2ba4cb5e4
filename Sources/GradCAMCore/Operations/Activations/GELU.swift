import Glibc

/// y = x·Φ(x), with Φ the normal distribution's (1 + erf(x/√2))/2, or the approximation (1 + tanh(√(2/π)·(x + 0.044715·x³)))/2.
struct GELU: VectorActivation {
  /// PyTorch's `approximate`.
  enum Approximation: String, Sendable { case none, tanh }

  let kind = "GELU"
  var approximate = Approximation.none

  var activation: Activation {
    switch approximate {
    case .none: .gelu
    case .tanh: .approximateGELU
    }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    descent(dy, saved, context)
  }

  func value(_ x: Float) -> Float {
    switch approximate {
    case .none: 0.5 * x * (1 + erff(x * GELU.halfRoot))
    case .tanh: 0.5 * x * (1 + tanhf(GELU.inner(x)))
    }
  }

  func slope(_ x: Float) -> Float {
    switch approximate {
    case .none:
      return 0.5 * (1 + erff(x * GELU.halfRoot)) + x * GELU.density * expf(-0.5 * x * x)
    case .tanh:
      let t = tanhf(GELU.inner(x))
      let innerSlope = GELU.root * (1 + 3 * GELU.cubic * x * x)
      return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * innerSlope
    }
  }

  private static func inner(_ x: Float) -> Float { root * (x + cubic * x * x * x) }

  /// √(1/2).
  private static let halfRoot: Float = 0.707_106_77
  /// The normal distribution's density at 0, 1/√(2π).
  private static let density: Float = 0.398_942_3
  /// √(2/π).
  private static let root: Float = 0.797_884_56
  private static let cubic: Float = 0.044_715
}
