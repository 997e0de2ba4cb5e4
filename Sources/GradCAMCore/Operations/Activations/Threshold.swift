/// y = x where x > threshold, else a replacement: ONNX's ThresholdedRelu has 0 there. A NaN stays one.
struct Threshold: ElementwiseUnary {
  let kind = "Threshold"
  let threshold: Float
  var replacement: Float = 0
  var hasKinks: Bool { true }

  func value(_ x: Float) -> Float { x <= threshold ? replacement : x }

  func slope(_ x: Float) -> Float { x <= threshold ? 0 : 1 }
}
