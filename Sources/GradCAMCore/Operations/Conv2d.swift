public import ModelFormats

/// PyTorch's `Conv2d`: cross-correlation with any kernel, stride, padding by side, dilation and groups.
///
/// Weight K C/groups R S; input N C H W; output N K OH OW with OH = ⌊(H + padding − dilation·(R−1) − 1) / stride⌋ + 1.
public struct Conv2d: Operation {
  public let kind = "Conv2d"
  let weight: Tensor
  let bias: Tensor?
  let stride: (h: Int, w: Int)
  let padding: Padding
  let dilation: (h: Int, w: Int)
  let groups: Int

  /// - Precondition: `weight` has rank 4, `bias` (if any) K elements, `groups` divides K, and no size is below one.
  public init(
    weight: Tensor, bias: Tensor? = nil, stride: (h: Int, w: Int) = (1, 1), padding: Padding = Padding(0),
    dilation: (h: Int, w: Int) = (1, 1), groups: Int = 1
  ) {
    precondition(weight.shape.isFeatureMap && weight.shape.n % groups == 0, "weights of an impossible shape")
    precondition(bias.map { $0.count == weight.shape.n } ?? true, "a bias of another length than the output's channels")
    precondition(min(stride.h, stride.w, dilation.h, dilation.w, groups) >= 1, "a size below one")
    (self.weight, self.bias, self.groups) = (weight, bias, groups)
    (self.stride, self.padding, self.dilation) = (stride, padding, dilation)
  }

  public var parameterCount: Int { weight.count + (bias?.count ?? 0) }

  public func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    let x = try expectFeatureMap(inputs)
    let w = weight.shape
    guard w.count > 0 else { throw InputError("", "has weights of the empty shape \(w)") }
    guard x.c == w.c * groups else {
      throw InputError("", "takes \(w.c * groups) channels, not the \(x.c) of \(x)")
    }
    let oh = (x.h + padding.top + padding.bottom - dilation.h * (w.h - 1) - 1)
    let ow = (x.w + padding.left + padding.right - dilation.w * (w.w - 1) - 1)
    guard oh >= 0, ow >= 0 else {
      throw InputError("", "has a kernel of \(w.h)×\(w.w), larger than the feature map of \(x.h)×\(x.w)")
    }
    return Shape(x.n, w.n, oh / stride.h + 1, ow / stride.w + 1)
  }

  func geometry(_ input: Shape, _ output: Shape) -> ConvolutionGeometry {
    ConvolutionGeometry(
      n: input.n, c: input.c, h: input.h, w: input.w, k: weight.shape.n, r: weight.shape.h, s: weight.shape.w,
      stride: stride, padding: padding, dilation: dilation, groups: groups, oh: output.h, ow: output.w)
  }

  public func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    forward(inputs[0], ConvolutionEpilogue(shift: bias?.elements), context)
  }

  /// One pass with what follows the convolution done in its last step.
  func forward(_ input: Tensor, _ epilogue: ConvolutionEpilogue, _ context: ExecutionContext) -> Tensor {
    let shape = checkedShape(of: [input.shape])
    return Tensor(shape) { output in
      Im2colConvolution.forward(
        input: input.elements, weight: weight.elements, output: output, geometry(input.shape, shape), epilogue, context)
    }
  }

  public func backward(
    _ outputGradient: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext
  ) -> [Tensor?] {
    let input = saved.inputShapes[0]
    let gradient = Tensor(input) { target in
      Im2colConvolution.inputGradient(
        outputGradient: outputGradient.elements, weight: weight.elements, inputGradient: target,
        geometry(input, outputGradient.shape), context)
    }
    return [gradient]
  }

  public func multiplyAdds(of inputs: [Shape]) -> Int {
    guard let output = try? outputShape(of: inputs) else { return 0 }
    return output.count * weight.count / weight.shape.n
  }
}
