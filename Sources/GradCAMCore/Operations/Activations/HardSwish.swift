/// y = x·(x + 3)/6 between −3 and 3; 0 below, x above. At −3 the gradient is 0, at 3 it passes, as in PyTorch.
struct HardSwish: VectorActivation {
  let kind = "Hardswish"

  var hasKinks: Bool { true }
  var activation: Activation { .hardSwish }

  func value(_ x: Float) -> Float { x * min(max(x + 3, 0), 6) / 6 }

  func slope(_ x: Float) -> Float {
    if x <= -3 { return 0 }
    return x < 3 ? x / 3 + 0.5 : 1
  }
}
