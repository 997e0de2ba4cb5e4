/// y = x where x > 0, else slope·x; the gradient at 0 is the slope, as in PyTorch.
public struct LeakyReLU: ElementwiseUnary {
  public let kind = "LeakyReLU"
  let slope: Float

  public init(slope: Float = 0.01) { self.slope = slope }

  public func value(_ x: Float) -> Float { x > 0 ? x : slope * x }

  public func slope(_ x: Float) -> Float { x > 0 ? 1 : slope }
}
