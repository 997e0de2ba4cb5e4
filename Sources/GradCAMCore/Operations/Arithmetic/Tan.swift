import Glibc

/// The tangent of x radians; its slope is 1 + tan² x.
struct Tan: ElementwiseUnary {
  let kind = "tan"

  func value(_ x: Float) -> Float { tanf(x) }

  func slope(_ x: Float) -> Float { 1 + tanf(x) * tanf(x) }
}
