/// A network of timm's EfficientNet builder that has a name: what tells it from others of its family, and the pictures of its first
/// weights, as timm's efficientnet.py and mobilenetv3.py have them.
struct TimmVariant: Sendable {
  /// How a network differs from others whose weights have the same shapes.
  enum Style: Sendable {
    /// PyTorch's padding and batch norms.
    case plain
    /// TensorFlow's padding, which follows from the picture's size, and 0.001 added to variances.
    case tensorFlow
    /// Averages of 2×2 behind convolutions of stride 1 in place of strides.
    case averages
    /// Blurs of stride 2 behind convolutions of stride 1.
    case blurs
  }

  let name: String
  /// The name of its family.
  let family: String
  /// Blocks by stage.
  let depths: [Int]
  /// Channels of the stem and of each stage.
  let widths: [Int]
  let input: TrainedInput
  let style: Style
  /// Whether timm has weights of it.
  let isPublished: Bool

  init(
    _ name: String, _ family: String, _ depths: [Int], _ widths: [Int], _ input: TrainedInput, style: Style = .plain,
    isPublished: Bool = true
  ) {
    (self.name, self.family, self.depths, self.widths) = (name, family, depths, widths)
    (self.input, self.style, self.isPublished) = (input, style, isPublished)
  }

  static let all = efficientNets + mobileNets
}
