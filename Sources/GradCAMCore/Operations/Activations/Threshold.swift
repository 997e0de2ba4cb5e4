/// y = x where x > threshold, else a replacement: ONNX's ThresholdedRelu has 0 there. A NaN stays one.
public struct Threshold: ElementwiseUnary {
  public let kind = "Threshold"
  let threshold: Float
  let replacement: Float

  public init(threshold: Float, replacement: Float = 0) {
    (self.threshold, self.replacement) = (threshold, replacement)
  }

  public func value(_ x: Float) -> Float { x <= threshold ? replacement : x }

  public func slope(_ x: Float) -> Float { x <= threshold ? 0 : 1 }
}
