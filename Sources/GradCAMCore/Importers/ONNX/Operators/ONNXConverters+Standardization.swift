import ModelFormats

extension ONNXConverters {
  /// A batch norm in training mode over constants: convolutions' weights are standardised so, as timm's BiT and NFNet have them
  /// (Brock et al., "High-Performance Large-Scale Image Recognition Without Normalization", 2021).
  ///
  /// y = (x − mean) / √(var + ε) · scale + bias, with each channel's own mean and variance. Over activations it would depend on the
  /// whole batch.
  static func standardization(_ node: ONNXNodeContext) throws(InputError) -> ONNXOperand {
    let x = try node.constant(0)
    // Running statistics, which only their successors depend on.
    node.passOver(input: 3)
    node.passOver(input: 4)
    let (scale, bias) = (try node.constant(1).floats, try node.constant(2).floats)
    let eps = Double(try node.float("epsilon", default: 1e-5))
    guard x.shape.rank >= 2, case let channels = x.shape[1], scale.count == channels, bias.count == channels else {
      throw InputError("", "has \(scale.count) and \(bias.count) numbers for the channels of \(x.shape)")
    }
    var values = x.floats
    let plane = x.shape.dimensions[2...].reduce(1, *)
    let count = Double(x.shape[0] * plane)
    for channel in 0..<channels {
      let starts = (0..<x.shape[0]).map { ($0 * channels + channel) * plane }
      var sum = 0.0
      for start in starts { for place in start..<start + plane { sum += Double(values[place]) } }
      let mean = sum / count
      var squares = 0.0
      for start in starts {
        for place in start..<start + plane {
          let distance = Double(values[place]) - mean
          squares += distance * distance
        }
      }
      let factor = Double(scale[channel]) / (squares / count + eps).squareRoot()
      for start in starts {
        for place in start..<start + plane {
          values[place] = Float((Double(values[place]) - mean) * factor + Double(bias[channel]))
        }
      }
    }
    return .constant(ONNXConstant(Tensor(values, x.shape), isInteger: false))
  }
}
