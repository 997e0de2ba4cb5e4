import Glibc
public import ModelFormats

/// y = 1/(1 + e⁻ˣ); its gradient is y·(1−y).
public struct Sigmoid: Operation {
  public let kind = "Sigmoid"
  public var keeps: Kept { .output }

  public init() {}

  public func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    return inputs[0]
  }

  public func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    inputs[0].map(threads: context.threads) { x, _ in Sigmoid.value(x) }
  }

  public func backward(
    _ outputGradient: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext
  ) -> [Tensor?] {
    [outputGradient.map(saved.keptOutput, threads: context.threads) { gradient, y in gradient * (y * (1 - y)) }]
  }

  /// The function itself.
  static func value(_ x: Float) -> Float { 1 / (1 + expf(-x)) }
}
