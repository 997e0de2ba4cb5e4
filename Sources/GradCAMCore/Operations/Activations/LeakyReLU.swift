/// y = x where x > 0, else slope·x; the gradient at 0 is the slope, as in PyTorch.
struct LeakyReLU: ElementwiseUnary {
  let kind = "LeakyReLU"
  let slope: Float
  var isPiecewiseAffine: Bool { true }

  init(slope: Float = 0.01) { self.slope = slope }

  func value(_ x: Float) -> Float { x > 0 ? x : slope * x }

  func slope(_ x: Float) -> Float { x > 0 ? 1 : slope }
}
