import Glibc

/// a − b·(a/b cut to a whole number), broadcasting: what is left of a, with a's sign. C's and PyTorch's `fmod`.
///
/// The slopes are 1 and −(a/b cut) wherever there are any.
struct FMod: ElementwiseBinary {
  let kind = "fmod"

  static func value(_ a: Float, _ b: Float) -> Float { fmodf(a, b) }

  static func firstSlope(_ a: Float, _ b: Float) -> Float { 1 }

  static func secondSlope(_ a: Float, _ b: Float) -> Float { -(a / b).rounded(.towardZero) }
}
