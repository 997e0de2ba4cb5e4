import Glibc

/// y = tanh x; its slope is 1 − y².
struct Tanh: VectorActivation {
  let kind = "Tanh"
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { -1...1 }
  var keeps: Kept { .output }
  var term: ElementaryTerm? { .tangent }

  var activation: Activation { .tanh }

  func value(_ x: Float) -> Float { tanhf(x) }

  func slope(_ y: Float) -> Float { 1 - y * y }
}
