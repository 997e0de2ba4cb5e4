import Glibc

/// y = aᵇ, broadcasting; ∂y/∂a = b·aᵇ⁻¹, and 0 where b is 0; ∂y/∂b = aᵇ·ln a, and 0 where a is 0 and b is not negative.
struct Pow: ElementwiseBinary {
  let kind = "pow"
  var term: ElementaryTerm? { .power }

  /// Squares, by far the most frequent, are exact and cheap; so is what their slope takes.
  static func value(_ a: Float, _ b: Float) -> Float { b == 2 ? a * a : b == 1 ? a : powf(a, b) }

  static func firstSlope(_ a: Float, _ b: Float) -> Float { b == 0 ? 0 : b * value(a, b - 1) }

  static func secondSlope(_ a: Float, _ b: Float) -> Float { a == 0 && b >= 0 ? 0 : value(a, b) * logf(a) }
}
