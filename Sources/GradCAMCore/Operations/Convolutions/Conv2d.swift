import ModelFormats

/// PyTorch's `Conv2d`: cross-correlation with any kernel, stride, padding by side, dilation and groups.
///
/// Weight K C/groups R S; input N C H W; output N K OH OW with OH = ⌊(H + padding − dilation·(R−1) − 1) / stride⌋ + 1.
struct Conv2d: Operation, WritingOperation {
  /// Another where a module of another kind multiplies feature maps: a `Linear` along their channels.
  var kind = "Conv2d"
  let weight: ConvolutionWeight
  let bias: Tensor?
  let stride: (h: Int, w: Int)
  let padding: Padding
  let dilation: (h: Int, w: Int)
  let groups: Int
  let autoPad: AutoPad
  var isAffine: Bool { true }
  var keepsPositions: Bool {
    // Automatic padding adds nothing to a kernel of one position that goes one step at a time.
    weight.shape.h * weight.shape.w == 1 && stride == (1, 1) && (padding == Padding(0) || autoPad != .notSet)
  }
  var channelBias: Tensor? { bias }
  var fusionPart: FusionPart? { .convolution(self) }

  /// - Parameter autoPad: how to pad, where `padding` does not say.
  /// - Precondition: `weight` has rank 4, `bias` (if any) K elements, and `groups` divides K and is at least 1.
  init(
    weight: Tensor, bias: Tensor? = nil, stride: (h: Int, w: Int) = (1, 1), padding: Padding = Padding(0),
    dilation: (h: Int, w: Int) = (1, 1), groups: Int = 1, autoPad: AutoPad = .notSet
  ) {
    self.init(
      weight: ConvolutionWeight(weight, groups: groups), bias: bias, stride: stride, padding: padding,
      dilation: dilation, autoPad: autoPad)
  }

  /// A product of rows with weights K C 1 1, as what it is to a map whose pixels the rows are.
  init(rowsBy weight: ConvolutionWeight, bias: Tensor?, kind: String) {
    self.init(
      weight: weight, bias: bias, stride: (1, 1), padding: Padding(0), dilation: (1, 1), autoPad: .notSet)
    self.kind = kind
  }

  /// The same with weights that are brought into order when they are needed.
  init(
    weight: ConvolutionWeight, bias: Tensor?, stride: (h: Int, w: Int), padding: Padding,
    dilation: (h: Int, w: Int), autoPad: AutoPad
  ) {
    let groups = weight.groups
    precondition(
      groups >= 1 && weight.shape.isFeatureMap && weight.shape.n % groups == 0, "weights of an impossible shape")
    precondition(bias.map { $0.count == weight.shape.n } ?? true, "a bias of another length than the output's channels")
    (self.weight, self.bias, self.groups) = (weight, bias, groups)
    (self.stride, self.padding, self.dilation, self.autoPad) = (stride, padding, dilation, autoPad)
  }

  var parameterCount: Int { weight.shape.count + (bias?.count ?? 0) }

  func replacingParameters(_ replace: (Tensor) -> Tensor) -> any Operation {
    let weight = ConvolutionWeight(replace(weight.copy), groups: groups)
    var copy = Conv2d(
      weight: weight, bias: bias.map(replace), stride: stride, padding: padding, dilation: dilation, autoPad: autoPad)
    copy.kind = kind
    return copy
  }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    let x = try expectFeatureMap(inputs)
    let w = weight.shape
    guard w.count > 0 else { throw InputError("", "has weights of the empty shape \(w)") }
    guard x.c == w.c * groups else {
      throw InputError("", "takes \(w.c * groups) channels, not the \(x.c) of \(x)")
    }
    try expectSizes([stride.h, stride.w, dilation.h, dilation.w], atLeast: 1, "a stride or dilation")
    let padding = padding(for: x)
    try padding.expectSizes()
    let oh = (x.h + padding.top + padding.bottom - dilation.h * (w.h - 1) - 1)
    let ow = (x.w + padding.left + padding.right - dilation.w * (w.w - 1) - 1)
    guard oh >= 0, ow >= 0 else {
      throw InputError("", "has a kernel of \(w.h)×\(w.w), larger than the feature map of \(x.h)×\(x.w)")
    }
    return try Shape(x.n, w.n, oh / stride.h + 1, ow / stride.w + 1).expectingMemory()
  }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    let isPoint = [(weight.shape.h, stride.h), (weight.shape.w, stride.w)].map { $0 == (1, 1) }
    return inputs[0]?.slid(isPoint: isPoint, mixesChannels: true, output)
  }

  private func padding(for input: Shape) -> Padding {
    autoPad.resolve(
      padding, input: (input.h, input.w), kernel: (weight.shape.h, weight.shape.w), stride: stride, dilation: dilation)
  }

  func geometry(_ input: Shape, _ output: Shape) -> ConvolutionGeometry {
    ConvolutionGeometry(
      n: input.n, c: input.c, h: input.h, w: input.w, k: weight.shape.n, r: weight.shape.h, s: weight.shape.w,
      stride: stride, padding: padding(for: input), dilation: dilation, groups: groups, oh: output.h, ow: output.w)
  }

  func forward(_ inputs: [Tensor], to output: UnsafeMutablePointer<Float>, _ context: ExecutionContext) {
    let geometry = geometry(inputs[0].shape, checkedShape(of: [inputs[0].shape]))
    let algorithm = ConvolutionAlgorithm.choose(geometry, context.engine)
    convolve(inputs[0], geometry, algorithm, ConvolutionEpilogue(shift: bias?.elements), to: output, context)
  }

  func packing(_ input: Shape, _ output: Shape) -> (weight: ConvolutionWeight, form: ConvolutionWeight.Form)? {
    ConvolutionAlgorithm.choose(geometry(input, output), .auto).form.map { (weight, $0) }
  }

  func gradientPacking(_ input: Shape, _ output: Shape) -> (weight: ConvolutionWeight, form: ConvolutionWeight.Form)? {
    let geometry = geometry(input, output)
    if DepthwiseConvolution.suits(geometry) { return (weight, .depthwise) }
    guard let turned = geometry.gradient else { return (weight, .patches) }
    if case .winograd(let winograd) = ConvolutionAlgorithm.choose(turned, .auto) {
      return (weight, .gradientWinograd(winograd))
    }
    return (weight, .gradientPanels)
  }

  /// One pass with what follows the convolution done in its last step.
  ///
  /// - Parameter depthwise: the windows of that algorithm, where somebody keeps them from pass to pass.
  func convolve(
    _ input: Tensor, _ geometry: ConvolutionGeometry, _ algorithm: ConvolutionAlgorithm,
    _ epilogue: ConvolutionEpilogue, to output: UnsafeMutablePointer<Float>, _ context: ExecutionContext,
    _ depthwise: DepthwiseConvolution? = nil
  ) {
    guard let form = algorithm.form else {
      return Im2colConvolution.forward(
        input: input.elements, weight: weight.tensor.elements, output: output, geometry, epilogue, context)
    }
    let weight = UnsafePointer(weight.packed(form, context).base)
    switch algorithm {
    case .winograd(let winograd):
      WinogradConvolution(winograd, geometry, context)
        .forward(input: input.elements, weight: weight, output: output, epilogue)
    case .direct:
      DirectConvolution.forward(
        input: input.elements, weight: weight, output: output, geometry, epilogue, context)
    case .depthwise:
      (depthwise ?? DepthwiseConvolution(geometry)).forward(
        input: input.elements, weight: weight, output: output, epilogue, context)
    case .panels, .im2col:
      PanelConvolution(g: geometry, context: context).forward(
        input: input.elements, weight: weight, output: output, epilogue)
    }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let input = saved.inputShapes[0]
    let geometry = geometry(input, dy.shape)
    return [Tensor(input) { inputGradient(dy.elements, geometry, to: $0, context) }]
  }

  /// The gradient of rows, of the shape `input`, that were multiplied by the weights K C 1 1. Rows before the first and behind the last
  /// that has a gradient are passed over.
  ///
  /// - Precondition: `input` has many rows (`Shape.manyRows`).
  func rowGradient(_ dy: Tensor, _ input: Shape, _ context: ExecutionContext) -> Tensor {
    let (k, c) = (weight.shape.n, weight.shape.c)
    let rows = dy.rowsBetweenZeros(width: k)
    let geometry = geometry(Shape(1, c, 1, rows.count), Shape(1, k, 1, rows.count))
    return Tensor(input) { target in
      target.update(repeating: 0, count: rows.lowerBound * c)
      inputGradient(dy.elements + rows.lowerBound * k, geometry, to: target + rows.lowerBound * c, context)
      (target + rows.upperBound * c).update(repeating: 0, count: input.count - rows.upperBound * c)
    }
  }

  private func inputGradient(
    _ dy: UnsafePointer<Float>, _ geometry: ConvolutionGeometry, to target: UnsafeMutablePointer<Float>,
    _ context: ExecutionContext
  ) {
    func packed(_ form: ConvolutionWeight.Form) -> UnsafePointer<Float> {
      UnsafePointer(weight.packed(form, context).base)
    }
    if context.engine == .im2col {
      return Im2colConvolution.inputGradient(
        outputGradient: dy, weight: weight.tensor.elements, inputGradient: target, geometry, context)
    }
    if DepthwiseConvolution.suits(geometry) {
      return DepthwiseConvolution.inputGradient(
        outputGradient: dy, weight: packed(.depthwise), inputGradient: target, geometry, context)
    }
    guard let turned = geometry.gradient else {
      return PatchGradient(g: geometry, context: context).run(
        outputGradient: dy, weight: packed(.patches), inputGradient: target)
    }
    if case .winograd(let winograd) = ConvolutionAlgorithm.choose(turned, context.engine) {
      WinogradConvolution(winograd, turned, context).forward(
        input: dy, weight: packed(.gradientWinograd(winograd)), output: target, ConvolutionEpilogue())
    } else {
      PanelConvolution(g: turned, context: context).forward(
        input: dy, weight: packed(.gradientPanels), output: target, ConvolutionEpilogue())
    }
  }

  func multiplyAdds(of inputs: [Shape]) -> Int {
    guard let output = try? outputShape(of: inputs) else { return 0 }
    return output.count * weight.shape.count / weight.shape.n
  }
}
