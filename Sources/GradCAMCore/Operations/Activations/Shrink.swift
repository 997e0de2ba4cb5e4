/// ONNX's Shrink: x moved by `bias` towards 0 where |x| is above `lambda`, else 0. PyTorch's `Softshrink` has both alike, its
/// `Hardshrink` the bias 0.
struct Shrink: ElementwiseUnary {
  let kind = "shrink"
  var lambda: Float = 0.5
  var bias: Float = 0
  var hasKinks: Bool { true }

  func value(_ x: Float) -> Float {
    if x < -lambda { return x + bias }
    return x > lambda ? x - bias : 0
  }

  func slope(_ x: Float) -> Float { x < -lambda || x > lambda ? 1 : 0 }
}
