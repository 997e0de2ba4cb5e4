/// y = 1/(1 + e⁻ˣ); its gradient is y·(1−y).
public struct Sigmoid: ElementwiseUnary, VectorActivation {
  public let kind = "Sigmoid"
  public var keeps: Kept { .output }

  public init() {}

  var activation: Activation { .sigmoid }

  public func value(_ x: Float) -> Float { Sigmoid.value(x) }

  public func slope(_ y: Float) -> Float { y * (1 - y) }

  /// The function itself.
  static func value(_ x: Float) -> Float { 1 / (1 + Exponential.value(-x)) }
}
