/// y = x where x > 0, else slope·x; the gradient at 0 is the slope, as in PyTorch.
struct LeakyReLU: ElementwiseUnary {
  let kind = "LeakyReLU"
  var slope: Float = 0.01
  var isPiecewiseAffine: Bool { true }

  func value(_ x: Float) -> Float { x > 0 ? x : slope * x }

  func slope(_ x: Float) -> Float { x > 0 ? 1 : slope }
}
