/// y = max(x, 0). A NaN stays one and lets the gradient through; the gradient at 0 is 0, as in PyTorch.
public struct ReLU: ElementwiseUnary, VectorActivation {
  public let kind = "ReLU"
  public var keeps: Kept { .output }

  public init() {}

  var activation: Activation { .relu }

  public func value(_ x: Float) -> Float { x < 0 ? 0 : x }

  public func slope(_ y: Float) -> Float { y <= 0 ? 0 : 1 }
}
