import Glibc

/// The cosine of x radians.
struct Cos: ElementwiseUnary {
  let kind = "cos"
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { -1...1 }

  func value(_ x: Float) -> Float { cosf(x) }

  func slope(_ x: Float) -> Float { -sinf(x) }
}
