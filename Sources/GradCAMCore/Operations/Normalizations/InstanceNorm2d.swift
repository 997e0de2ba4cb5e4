import ModelFormats

/// PyTorch's `InstanceNorm2d` (of any rank from 3 on): each channel of each image normalised over its positions, by statistics of
/// the input, then scaled and shifted by channel.
struct InstanceNorm2d: AxisKeepingOperation {
  /// A group norm of groups of one channel.
  private var norm: GroupNorm
  var kind: String { norm.kind }
  var keeps: Kept { norm.keeps }
  func mixedAxes(of input: Shape) -> [Int] { norm.mixedAxes(of: input) }
  var parameterCount: Int { norm.parameterCount }

  func replacingParameters(_ replace: (Tensor) -> Tensor) -> any Operation {
    var copy = self
    copy.norm = norm.with(replace)
    return copy
  }

  /// - Parameters: one weight and one bias a channel; nil for 1 and 0.
  init(weight: [Float]? = nil, bias: [Float]? = nil, eps: Double = 1e-5) {
    norm = GroupNorm(kind: "InstanceNorm2d", groups: nil, weight, bias, eps)
  }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    let shape = try norm.outputShape(of: inputs)
    guard shape.rank >= 3 else {
      throw InputError("", "takes a batch of channels of positions, not the shape \(shape)")
    }
    return shape
  }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor { norm.forward(inputs, context) }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    norm.backward(dy, saved, wanted: wanted, context)
  }

  func multiplyAdds(of inputs: [Shape]) -> Int { norm.multiplyAdds(of: inputs) }
}
