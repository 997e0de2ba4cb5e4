/// A ResNet that has a name in torchvision or timm.
struct ResNetVariant {
  /// How feature maps are halved. Pools have no weights, so that a state dict does not tell.
  enum Pools: Sendable {
    /// By the stride of convolutions, and by the maximum in the stem.
    case strides
    /// By the mean of 2×2 behind convolutions of stride 1, and in the stem: timm's `resnetaa`.
    case averages
    /// By a blur of stride 2 behind convolutions of stride 1, and behind the stem's maximum: timm's `resnetblur`.
    case blurs
  }

  var name: String
  var blocks: [Int]
  var isBottleneck: Bool
  var groups = 1
  /// A group's channels between the outer convolutions of a bottleneck, where the first stage has 64 planes.
  var groupWidth = 64
  /// Whether it is a "d" variant.
  var isDeep = false
  /// Whether blocks end in a gate on their channels ("SE").
  var isGated = false
  var pools = Pools.strides

  /// Channels inside the bottlenecks of the first stage.
  func width(planes: Int) -> Int { planes * groupWidth / 64 * groups }

  static let all = [
    ResNetVariant(name: "resnet18", blocks: [2, 2, 2, 2], isBottleneck: false),
    ResNetVariant(name: "resnet34", blocks: [3, 4, 6, 3], isBottleneck: false),
    ResNetVariant(name: "resnet50", blocks: [3, 4, 6, 3], isBottleneck: true),
    ResNetVariant(name: "resnet101", blocks: [3, 4, 23, 3], isBottleneck: true),
    ResNetVariant(name: "resnet152", blocks: [3, 8, 36, 3], isBottleneck: true),
    ResNetVariant(name: "resnext50_32x4d", blocks: [3, 4, 6, 3], isBottleneck: true, groups: 32, groupWidth: 4),
    ResNetVariant(name: "resnext101_32x8d", blocks: [3, 4, 23, 3], isBottleneck: true, groups: 32, groupWidth: 8),
    ResNetVariant(name: "resnext101_64x4d", blocks: [3, 4, 23, 3], isBottleneck: true, groups: 64, groupWidth: 4),
    ResNetVariant(name: "wide_resnet50_2", blocks: [3, 4, 6, 3], isBottleneck: true, groupWidth: 128),
    ResNetVariant(name: "wide_resnet101_2", blocks: [3, 4, 23, 3], isBottleneck: true, groupWidth: 128),
    ResNetVariant(name: "resnet18d", blocks: [2, 2, 2, 2], isBottleneck: false, isDeep: true),
    ResNetVariant(name: "resnet34d", blocks: [3, 4, 6, 3], isBottleneck: false, isDeep: true),
    ResNetVariant(name: "resnet50d", blocks: [3, 4, 6, 3], isBottleneck: true, isDeep: true),
    ResNetVariant(name: "resnet101d", blocks: [3, 4, 23, 3], isBottleneck: true, isDeep: true),
    ResNetVariant(name: "resnet152d", blocks: [3, 8, 36, 3], isBottleneck: true, isDeep: true),
    ResNetVariant(name: "seresnet18", blocks: [2, 2, 2, 2], isBottleneck: false, isGated: true),
    ResNetVariant(name: "seresnet34", blocks: [3, 4, 6, 3], isBottleneck: false, isGated: true),
    ResNetVariant(name: "seresnet50", blocks: [3, 4, 6, 3], isBottleneck: true, isGated: true),
    ResNetVariant(name: "seresnet101", blocks: [3, 4, 23, 3], isBottleneck: true, isGated: true),
    ResNetVariant(name: "seresnet152", blocks: [3, 8, 36, 3], isBottleneck: true, isGated: true),
    ResNetVariant(
      name: "seresnext50_32x4d", blocks: [3, 4, 6, 3], isBottleneck: true, groups: 32, groupWidth: 4, isGated: true),
    ResNetVariant(
      name: "seresnext101_32x4d", blocks: [3, 4, 23, 3], isBottleneck: true, groups: 32, groupWidth: 4, isGated: true),
    ResNetVariant(
      name: "seresnext101_32x8d", blocks: [3, 4, 23, 3], isBottleneck: true, groups: 32, groupWidth: 8, isGated: true),
    ResNetVariant(name: "resnetaa34d", blocks: [3, 4, 6, 3], isBottleneck: false, isDeep: true, pools: .averages),
    ResNetVariant(name: "resnetaa50", blocks: [3, 4, 6, 3], isBottleneck: true, pools: .averages),
    ResNetVariant(name: "resnetaa50d", blocks: [3, 4, 6, 3], isBottleneck: true, isDeep: true, pools: .averages),
    ResNetVariant(name: "resnetaa101d", blocks: [3, 4, 23, 3], isBottleneck: true, isDeep: true, pools: .averages),
    ResNetVariant(name: "resnetblur18", blocks: [2, 2, 2, 2], isBottleneck: false, pools: .blurs),
    ResNetVariant(name: "resnetblur50", blocks: [3, 4, 6, 3], isBottleneck: true, pools: .blurs),
    ResNetVariant(name: "resnetblur50d", blocks: [3, 4, 6, 3], isBottleneck: true, isDeep: true, pools: .blurs),
    ResNetVariant(name: "resnetblur101d", blocks: [3, 4, 23, 3], isBottleneck: true, isDeep: true, pools: .blurs),
  ]
}
