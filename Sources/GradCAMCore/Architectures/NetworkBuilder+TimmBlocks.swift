/// How the blocks of one of timm's networks work, beyond their shapes.
struct TimmStyle: Sendable {
  let family: TimmFamily
  let variant: TimmVariant.Style

  /// What batch norms add to variances.
  var eps: Double { variant == .tensorFlow ? 1e-3 : family.eps }
  /// TensorFlow's padding follows from the input's size.
  var autoPad: AutoPad { variant == .tensorFlow ? .sameUpper : .notSet }
}

// The blocks of timm's _efficientnet_blocks.py, with the names of their children.
extension NetworkBuilder {
  func timmBlock(_ name: String, _ x: Value, _ block: TimmBlock, _ style: TimmStyle) -> Value {
    switch block.kind {
    case .inverted: module(name, kind: "InvertedResidual", x) { inverted($0, block, style) }
    case .separable: module(name, kind: "DepthwiseSeparableConv", x) { separable($0, block, style) }
    case .fused: module(name, kind: "EdgeResidual", x) { fused($0, block, style) }
    case .plain: module(name, kind: "ConvBnAct", x) { plain($0, block, style) }
    case .universal: module(name, kind: "UniversalInvertedResidual", x) { universal($0, block, style) }
    }
  }

  private func inverted(_ x: Value, _ block: TimmBlock, _ style: TimmStyle) -> Value {
    let hidden = block.hidden
    var y = conv2d("conv_pw", x, block.input, hidden, kernel: 1)
    y = batchNormAct2d("bn1", y, hidden, eps: style.eps, block.activation)
    y = strided(y, hidden, hidden, block, style, "conv_dw", norm: "bn2")
    y = gated(y, block, style)
    y = batchNorm2d("bn3", conv2d("conv_pwl", y, hidden, block.output, kernel: 1), block.output, eps: style.eps)
    return block.addsInput ? function(Add(), y, x) : y
  }

  private func separable(_ x: Value, _ block: TimmBlock, _ style: TimmStyle) -> Value {
    let activates = style.family.activatesPoints
    var y = strided(x, block.input, block.input, block, style, "conv_dw", norm: "bn1")
    y = conv2d("conv_pw", gated(y, block, style), block.input, block.output, kernel: 1)
    y = batchNormAct2d("bn2", y, block.output, eps: style.eps, activates ? block.activation : .none)
    return block.addsInput && !activates ? function(Add(), y, x) : y
  }

  private func fused(_ x: Value, _ block: TimmBlock, _ style: TimmStyle) -> Value {
    var y = strided(x, block.input, block.hidden, block, style, "conv_exp", norm: "bn1")
    y = conv2d("conv_pwl", gated(y, block, style), block.hidden, block.output, kernel: 1)
    y = batchNorm2d("bn2", y, block.output, eps: style.eps)
    return block.addsInput ? function(Add(), y, x) : y
  }

  private func plain(_ x: Value, _ block: TimmBlock, _ style: TimmStyle) -> Value {
    let y = strided(x, block.input, block.output, block, style, "conv", norm: "bn1")
    return block.addsInput && style.family.addsPlain ? function(Add(), y, x) : y
  }

  private func universal(_ x: Value, _ block: TimmBlock, _ style: TimmStyle) -> Value {
    let hidden = block.hidden
    // The stride is the middle convolution's where there is one.
    let start = block.kernel == 0 ? block.stride : 1
    var y = x
    if block.startKernel > 0 {
      y = module("dw_start", kind: "ConvNormAct", y) { y in
        let convolved = conv2d(
          "conv", y, block.input, block.input, kernel: block.startKernel, stride: start,
          padding: block.startKernel / 2, groups: block.input)
        return batchNorm2d("bn", convolved, block.input, eps: style.eps)
      }
    }
    y = convNormAct("pw_exp", y, block.input, hidden, kernel: 1, block.activation)
    if block.kernel > 0 {
      y = module("dw_mid", kind: "ConvNormAct", y) { y in
        strided(y, hidden, hidden, block, style, "conv", norm: "bn")
      }
    }
    y = convNormAct("pw_proj", gated(y, block, style), hidden, block.output, kernel: 1, .none)
    return block.addsInput ? function(Add(), y, x) : y
  }

  /// A block's convolution over several positions, with its batch norm, its activation, and the pool that may stand for its stride.
  private func strided(
    _ x: Value, _ input: Int, _ output: Int, _ block: TimmBlock, _ style: TimmStyle, _ name: String, norm: String
  ) -> Value {
    let isPooled = block.stride == 2 && (style.variant == .averages || style.variant == .blurs)
    let y = conv2d(
      name, x, input, output, kernel: block.kernel, stride: isPooled ? 1 : block.stride,
      around: Padding(block.kernel / 2), autoPad: style.autoPad, groups: block.groups)
    let activated = batchNormAct2d(norm, y, output, eps: style.eps, block.activation)
    guard isPooled else { return activated }
    // timm's blur in these networks has zeros around the feature map (`blurpc`).
    return style.variant == .averages
      ? add(AvgPool2d(kernel: (2, 2)), activated, as: "aa") : blurPool2d("aa", activated, border: .constant(0))
  }

  private func gated(_ x: Value, _ block: TimmBlock, _ style: TimmStyle) -> Value {
    guard let squeeze = block.squeeze else { return x }
    let channels = block.kind == .separable ? block.input : block.hidden
    return squeezeExcite(
      "se", x, channels, squeeze: squeeze, layers: ("conv_reduce", "act1", "conv_expand"),
      style.family.squeezeActivation ?? block.activation,
      gate: style.family.hasHardGates ? HardSigmoid() : Sigmoid())
  }
}
