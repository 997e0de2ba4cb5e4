import ModelFormats

/// PyTorch's `ConvTranspose2d`: what the input gradient of a convolution computes, and so with that convolution for a backward pass.
///
/// Weight C K/groups R S; input N C H W; output N K OH OW with
/// OH = stride·(H−1) + outputPadding + dilation·(R−1) + 1 − padding.
struct ConvTranspose2d: Operation {
  let kind = "ConvTranspose2d"
  private(set) var weight: Tensor
  private(set) var bias: Tensor?
  let stride: (h: Int, w: Int)
  let padding: Padding
  let outputPadding: (h: Int, w: Int)
  let dilation: (h: Int, w: Int)
  let groups: Int
  let autoPad: AutoPad
  let outputSize: (h: Int, w: Int)?
  var isAffine: Bool { true }

  /// - Parameters:
  ///   - padding: rows and columns taken off each side of the output.
  ///   - outputPadding: rows and columns that the output has more, at the bottom and right.
  ///   - autoPad: `.sameUpper` and `.sameLower` pad so that an output is stride times as large as its input.
  ///   - outputSize: ONNX's `output_shape`: padding is then whatever gives this size.
  /// - Precondition: `weight` has rank 4, `groups` divides C and is at least 1, `bias` (if any) has K elements.
  init(
    weight: Tensor, bias: Tensor? = nil, stride: (h: Int, w: Int) = (1, 1), padding: Padding = Padding(0),
    outputPadding: (h: Int, w: Int) = (0, 0), dilation: (h: Int, w: Int) = (1, 1), groups: Int = 1,
    autoPad: AutoPad = .notSet, outputSize: (h: Int, w: Int)? = nil
  ) {
    precondition(
      groups >= 1 && weight.shape.isFeatureMap && weight.shape.n % groups == 0, "weights of an impossible shape")
    precondition(bias.map { $0.count == weight.shape.c * groups } ?? true, "a bias of another length than the output's")
    (self.weight, self.bias, self.groups) = (weight, bias, groups)
    (self.stride, self.padding, self.outputPadding, self.dilation) = (stride, padding, outputPadding, dilation)
    (self.autoPad, self.outputSize) = (autoPad, outputSize)
  }

  var parameterCount: Int { weight.count + (bias?.count ?? 0) }

  func replacingParameters(_ replace: (Tensor) -> Tensor) -> any Operation {
    var copy = self
    (copy.weight, copy.bias) = (replace(weight), bias.map(replace))
    return copy
  }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    let x = try expectFeatureMap(inputs)
    let w = weight.shape
    guard w.count > 0 else { throw InputError("", "has weights of the empty shape \(w)") }
    guard x.c == w.n else { throw InputError("", "takes \(w.n) channels, not the \(x.c) of \(x)") }
    guard min(x.h, x.w) >= 1 else { throw InputError("", "has nothing to enlarge in \(x)") }
    try expectSizes([stride.h, stride.w, dilation.h, dilation.w], atLeast: 1, "a stride or dilation")
    try expectSizes([outputPadding.h, outputPadding.w], atLeast: 0, "an output padding")
    try padding.expectSizes()
    if let outputSize { try expectSizes([outputSize.h, outputSize.w], atLeast: 1, "an output size") }
    _ = try x.expectingMemory()
    let (full, pads) = (fullSize(x), padding(x))
    let oh = outputSize?.h ?? (full.h - pads.top - pads.bottom)
    let ow = outputSize?.w ?? (full.w - pads.left - pads.right)
    guard oh >= 1, ow >= 1 else { throw InputError("", "pads the output of \(x) away") }
    return try Shape(x.n, w.c * groups, oh, ow).expectingMemory()
  }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    inputs[0]?.slid(isPoint: [false, false], mixesChannels: true, output)
  }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let x = inputs[0]
    let shape = checkedShape(of: [x.shape])
    return Tensor(shape) { output in
      Im2colConvolution.inputGradient(
        outputGradient: x.elements, weight: weight.elements, inputGradient: output, geometry(x.shape, shape), context)
      guard let bias else { return }
      let epilogue = ConvolutionEpilogue(shift: bias.elements)
      parallelFor(shape.n * shape.h * shape.w, blockSize: 1024, threads: context.threads) { positions, _ in
        epilogue.finish(
          output + positions.lowerBound * shape.c, rows: positions.count, count: shape.c, stride: shape.c, first: 0,
          offset: 0, context.kernels)
      }
    }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let input = saved.inputShapes[0]
    let gradient = Tensor(input) { target in
      Im2colConvolution.forward(
        input: dy.elements, weight: weight.elements, output: target,
        geometry(input, dy.shape), ConvolutionEpilogue(), context)
    }
    return [gradient]
  }

  func multiplyAdds(of inputs: [Shape]) -> Int {
    guard (try? outputShape(of: inputs)) != nil else { return 0 }
    return inputs[0].count * weight.count / weight.shape.n
  }

  /// The convolution whose input gradient this is: from our output to our input.
  private func geometry(_ input: Shape, _ output: Shape) -> ConvolutionGeometry {
    ConvolutionGeometry(
      n: output.n, c: output.c, h: output.h, w: output.w, k: input.c, r: weight.shape.h, s: weight.shape.w,
      stride: stride, padding: padding(input), dilation: dilation, groups: groups, oh: input.h, ow: input.w)
  }

  /// The output's size before anything is taken off.
  private func fullSize(_ input: Shape) -> (h: Int, w: Int) {
    (
      stride.h * (input.h - 1) + outputPadding.h + dilation.h * (weight.shape.h - 1) + 1,
      stride.w * (input.w - 1) + outputPadding.w + dilation.w * (weight.shape.w - 1) + 1
    )
  }

  private func padding(_ input: Shape) -> Padding {
    var size = outputSize
    switch autoPad {
    case .notSet: if size == nil { return padding }
    case .valid: return Padding(0)
    case .sameUpper, .sameLower: size = size ?? (input.h * stride.h, input.w * stride.w)
    }
    guard let size else { return padding }
    let full = fullSize(input)
    // What is missing, if anything, is added at the bottom and right; onnxruntime does so, too.
    let rule = autoPad == .sameUpper ? AutoPad.sameUpper : .sameLower
    let (top, bottom) = rule.share(max(full.h - size.h, 0))
    let (left, right) = rule.share(max(full.w - size.w, 0))
    return Padding(top: top, left: left, bottom: bottom, right: right)
  }
}
