import Glibc

/// The sine of x radians.
struct Sin: ElementwiseUnary {
  let kind = "sin"
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { -1...1 }

  func value(_ x: Float) -> Float { sinf(x) }

  func slope(_ x: Float) -> Float { cosf(x) }
}
