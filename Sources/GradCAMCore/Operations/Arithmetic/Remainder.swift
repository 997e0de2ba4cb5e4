import Glibc

/// a − ⌊a/b⌋·b, broadcasting: what is left of a, with b's sign. NumPy's and PyTorch's `remainder`, ONNX's Mod.
///
/// The slopes are 1 and −⌊a/b⌋ wherever there are any.
struct Remainder: ElementwiseBinary {
  let kind = "remainder"

  static func value(_ a: Float, _ b: Float) -> Float {
    let rest = fmodf(a, b)
    if rest == 0 { return copysignf(0, b) }
    return (rest < 0) != (b < 0) ? rest + b : rest
  }

  static func firstSlope(_ a: Float, _ b: Float) -> Float { 1 }

  static func secondSlope(_ a: Float, _ b: Float) -> Float { -(a / b).rounded(.down) }
}
