/// Networks of timm's EfficientNet builder that differ in depths and widths alone: what the weights' shapes do not tell of them.
///
/// Strides and activations are those of the architecture definitions in timm's efficientnet.py and mobilenetv3.py.
struct TimmFamily: Sendable {
  /// The first block of a stage: `ir5e` is an inverted residual with a kernel of 5×5 and a gate.
  struct Token: Sendable {
    let kind: TimmBlock.Kind
    let kernel: Int
    let isGated: Bool

    init(_ text: Substring) {
      kind = TimmBlock.Kind(rawValue: String(text.prefix(2))) ?? .inverted
      kernel = Int(text.dropFirst(2).prefix { $0.isNumber }) ?? 3
      isGated = text.hasSuffix("e")
    }
  }

  /// What stands behind the last stage.
  enum Head: String, Sendable {
    /// A convolution with a batch norm, and pooling.
    case convolution
    /// Pooling alone.
    case none
    /// Pooling, and a convolution of the one position that is left: with a bias, without, or with a batch norm.
    case pooledWithBias, pooled, pooledWithNorm

    init(_ shapes: ParameterShapes) {
      if shapes.has("bn2.weight") {
        self = .convolution
      } else if shapes.has("norm_head.weight") {
        self = .pooledWithNorm
      } else if shapes.has("conv_head.bias") {
        self = .pooledWithBias
      } else {
        self = shapes.has("conv_head.weight") ? .pooled : .none
      }
    }
  }

  /// The name of the family's networks that have none of their own.
  let name: String
  /// The stages' first blocks, which tell families apart.
  let stages: String
  let head: Head
  /// By stage: of its first block.
  let strides: [Int]
  /// By stage.
  let activations: [ActivationLayer]
  /// Behind the stem and in the head.
  let outer: ActivationLayer
  /// Of gates: inside, where it is not the block's own, and at the end.
  let squeezeActivation: ActivationLayer?
  let hasHardGates: Bool
  /// Whether separable blocks have an activation at their end, too, and never add their input (timm's `dsa`).
  let activatesPoints: Bool
  /// Whether plain blocks add their input where its shape is the output's.
  let addsPlain: Bool
  /// Stages whose first block never adds its input, whatever its shape (`noskip` in the definitions).
  let unskipped: Set<Int>
  /// Added to variances, where it is not TensorFlow's.
  let eps: Double

  private init(
    _ name: String, _ stages: String, head: Head = .convolution, strides: [Int] = [1, 2, 2, 2, 1, 2, 1],
    _ activation: ActivationLayer, first: (activation: ActivationLayer, count: Int)? = nil,
    squeezeActivation: ActivationLayer? = nil, hasHardGates: Bool = false, activatesPoints: Bool = false,
    addsPlain: Bool = false, unskipped: Set<Int> = [], eps: Double = 1e-5
  ) {
    (self.name, self.stages, self.head, self.strides, self.eps) = (name, stages, head, strides, eps)
    outer = activation
    activations = strides.indices.map { index in
      if let first, index < first.count { first.activation } else { activation }
    }
    (self.squeezeActivation, self.hasHardGates) = (squeezeActivation, hasHardGates)
    (self.activatesPoints, self.addsPlain, self.unskipped) = (activatesPoints, addsPlain, unskipped)
  }

  var tokens: [Token] { stages.split(separator: " ").map { Token($0) } }

  private static let sixStages = [1, 2, 2, 2, 1, 2]

  static let all = [
    TimmFamily("efficientnet", "ds3e ir3e ir5e ir3e ir5e ir5e ir3e", .silu),
    TimmFamily("efficientnet_edge", "er3 er3 er3 ir5 ir5 ir5", strides: sixStages, .relu, unskipped: [0]),
    TimmFamily("efficientnet_lite", "ds3 ir3 ir5 ir3 ir5 ir5 ir3", .relu6),
    TimmFamily("efficientnetv2", "cn3 er3 er3 ir3e ir3e ir3e", strides: sixStages, .silu, addsPlain: true),
    TimmFamily("efficientnetv2", "er3 er3 er3 ir3e ir3e ir3e", strides: sixStages, .silu),
    TimmFamily("efficientnetv2", "cn3 er3 er3 ir3e ir3e ir3e ir3e", .silu, addsPlain: true),
    TimmFamily("test_efficientnet", "cn3 er3 er3 ir3e ir3e", strides: [1, 2, 2, 2, 2], .silu, addsPlain: true),
    TimmFamily("mnasnet", "ds3 ir3 ir5 ir5 ir3 ir5 ir3", .relu, unskipped: [0, 6]),
    TimmFamily("mnasnet_small", "ds3 ir3 ir3 ir5e ir3e ir5e ir3", .relu),
    TimmFamily("semnasnet", "ds3 ir3 ir5e ir3 ir3e ir5e ir3", .relu, unskipped: [0]),
    TimmFamily("spnasnet", "ds3 ir3 ir5 ir5 ir5 ir5 ir3", .relu, unskipped: [0, 6]),
    TimmFamily("fbnetc", "ir3 ir3 ir5 ir5 ir5 ir5 ir3", .relu),
    TimmFamily(
      "mobilenetv1", "ds3 ds3 ds3 ds3 ds3", head: .none, strides: [1, 2, 2, 2, 2], .relu6, activatesPoints: true),
    TimmFamily("mobilenetv1", "ds3 ds3 ds3 ds3 ds3", strides: [1, 2, 2, 2, 2], .relu6, activatesPoints: true),
    TimmFamily("mobilenetv2", "ds3 ir3 ir3 ir3 ir3 ir3 ir3", .relu6),
    TimmFamily("mobilenet_edgetpu", "cn1 er3 er3 ir3 ir3 ir5 ir3", .relu, unskipped: [4]),
    TimmFamily("mobilenet_edgetpu_v2", "cn1 er3 er3 er3 ir3 ir3 ir3", .relu),
    TimmFamily(
      "mobilenetv3_large", "ds3 ir3 ir5e ir3 ir3e ir5e cn1", head: .pooledWithBias, .hardSwish, first: (.relu, 3),
      squeezeActivation: .relu, hasHardGates: true),
    TimmFamily(
      "mobilenetv3_rw", "ds3 ir3 ir5e ir3 ir3e ir5e cn1", head: .pooled, .hardSwish, first: (.relu, 3),
      hasHardGates: true, unskipped: [0],
      eps: 1e-3),
    TimmFamily("mobilenetv3_large_minimal", "ds3 ir3 ir3 ir3 ir3 ir3 cn1", head: .pooledWithBias, .relu),
    TimmFamily(
      "mobilenetv3_small", "ds3e ir3 ir5e ir5e ir5e cn1", head: .pooledWithBias, strides: [2, 2, 2, 1, 2, 1],
      .hardSwish,
      first: (.relu, 2), squeezeActivation: .relu, hasHardGates: true),
    TimmFamily(
      "mobilenetv3_small_minimal", "ds3 ir3 ir3 ir3 ir3 cn1", head: .pooledWithBias, strides: [2, 2, 2, 1, 2, 1], .relu),
    TimmFamily("fbnetv3", "ds3 ir5 ir5e ir5 ir3e ir3e cn1", head: .pooled, .hardSwish, hasHardGates: true),
    TimmFamily("fbnetv3", "ds3 ir3 ir5e ir3 ir3e ir3e cn1", head: .pooled, .hardSwish, hasHardGates: true),
    TimmFamily(
      "lcnet", "ds3 ds3 ds3 ds3 ds5 ds5e", head: .pooledWithBias, strides: sixStages, .hardSwish,
      squeezeActivation: .relu,
      hasHardGates: true, activatesPoints: true),
    TimmFamily(
      "mobilenetv4_conv", "er3 ui3.5 ui3.5 ui5.5 cn1", head: .pooledWithNorm, strides: [2, 2, 2, 2, 1], .relu),
    TimmFamily("mobilenetv4_conv", "cn3 cn3 ui5.5 ui3.3 cn1", head: .pooledWithNorm, strides: [2, 2, 2, 2, 1], .relu),
  ]

  /// The family whose stages and head are the file's; nil where they are no family's.
  static func find(_ shapes: ParameterShapes) -> TimmFamily? {
    guard shapes.has("conv_stem.weight") else { return nil }
    var tokens: [String] = []
    while tokens.count < 8, let token = TimmBlock.token("blocks.\(tokens.count).0", shapes) { tokens.append(token) }
    let (stages, head) = (tokens.joined(separator: " "), Head(shapes))
    return all.first { $0.stages == stages && $0.head == head }
  }
}
