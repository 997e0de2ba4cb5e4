/// A block of the networks that timm's EfficientNet builder makes: its kind, sizes and kernels, read from the weights' shapes.
struct TimmBlock: Sendable {
  /// The kinds by the letters of timm's architecture definitions.
  enum Kind: String, Sendable {
    /// `InvertedResidual`: a 1×1 convolution to many channels, one channel by channel, and one to few.
    case inverted = "ir"
    /// `DepthwiseSeparableConv`: one channel by channel, and a 1×1 convolution.
    case separable = "ds"
    /// `EdgeResidual`: one convolution in place of an inverted residual's first two.
    case fused = "er"
    /// `ConvBnAct`: a convolution, a batch norm and an activation.
    case plain = "cn"
    /// `UniversalInvertedResidual`: an inverted residual whose convolutions channel by channel may stand before, between, or nowhere.
    case universal = "ui"
  }

  let kind: Kind
  let input: Int
  /// Channels between the outer convolutions.
  let hidden: Int
  let output: Int
  /// Of the convolution over several positions; 0 where there is none.
  let kernel: Int
  /// Groups of that convolution.
  let groups: Int
  /// The kernel of a universal block's first convolution; 0 where there is none.
  let startKernel: Int
  /// Hidden channels of the gate on channels.
  let squeeze: Int?
  let stride: Int
  let activation: ActivationLayer
  /// Whether it may add its input.
  let isResidual: Bool

  /// The block under `path`.
  ///
  /// - Parameter token: what stands in the place of shapes that are not there, as in `TimmFamily.stages`.
  init(
    _ path: String, token: TimmFamily.Token, input: Int, stride: Int, activation: ActivationLayer,
    isResidual: Bool, _ shapes: ParameterShapes
  ) {
    func size(_ layer: String) -> Int? { shapes.size("\(path).\(layer).weight", 0) }
    func kernel(_ layer: String) -> Int? { shapes.kernel("\(path).\(layer).weight") }
    func groups(_ layer: String, _ channels: Int) -> Int { shapes.groups("\(path).\(layer).weight", of: channels) }
    kind = Self.kind(path, shapes) ?? token.kind
    (self.input, self.stride, self.activation, self.isResidual) = (input, stride, activation, isResidual)
    squeeze = size("se.conv_reduce") ?? (token.isGated && !shapes.has("\(path).bn1.weight") ? 8 : nil)
    switch kind {
    case .inverted:
      hidden = size("conv_pw") ?? input
      output = size("conv_pwl") ?? input
      self.kernel = kernel("conv_dw") ?? token.kernel
      self.groups = groups("conv_dw", hidden)
      startKernel = 0
    case .separable:
      hidden = input
      output = size("conv_pw") ?? input
      self.kernel = kernel("conv_dw") ?? token.kernel
      self.groups = groups("conv_dw", hidden)
      startKernel = 0
    case .fused:
      hidden = size("conv_exp") ?? input
      output = size("conv_pwl") ?? input
      self.kernel = kernel("conv_exp") ?? token.kernel
      let groups = groups("conv_exp", input)
      self.groups = hidden.isMultiple(of: groups) ? groups : 1
      startKernel = 0
    case .plain:
      output = size("conv") ?? input
      hidden = output
      self.kernel = kernel("conv") ?? token.kernel
      self.groups = 1
      startKernel = 0
    case .universal:
      hidden = size("pw_exp.conv") ?? input
      output = size("pw_proj.conv") ?? input
      self.kernel = kernel("dw_mid.conv") ?? 0
      self.groups = hidden
      startKernel = kernel("dw_start.conv") ?? 0
    }
  }

  /// What the names under `path` say; nil where there are none of a block.
  private static func kind(_ path: String, _ shapes: ParameterShapes) -> Kind? {
    func has(_ layer: String) -> Bool { shapes.has("\(path).\(layer).weight") }
    if has("pw_exp.conv") { return .universal }
    if has("conv_exp") { return .fused }
    if has("conv_dw") { return has("conv_pwl") ? .inverted : .separable }
    return has("conv") ? .plain : nil
  }

  /// The block under `path` as a stage's first one is written in `TimmFamily.stages`; nil where it is none.
  static func token(_ path: String, _ shapes: ParameterShapes) -> String? {
    guard let kind = kind(path, shapes) else { return nil }
    func kernel(_ layer: String) -> Int? { shapes.kernel("\(path).\(layer).weight") }
    let gate = shapes.has("\(path).se.conv_reduce.weight") ? "e" : ""
    if kind == .universal { return "ui\(kernel("dw_start.conv") ?? 0).\(kernel("dw_mid.conv") ?? 0)\(gate)" }
    return (kernel("conv_dw") ?? kernel("conv_exp") ?? kernel("conv")).map { "\(kind.rawValue)\($0)\(gate)" }
  }

  /// Whether it adds its input, if blocks of its kind do.
  var addsInput: Bool { isResidual && stride == 1 && input == output }
}
