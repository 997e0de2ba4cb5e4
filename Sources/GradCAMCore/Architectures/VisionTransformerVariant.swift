/// The Vision Transformers that torchvision and timm have names for.
struct VisionTransformerVariant: Sendable {
  var name: String
  var library: VisionTransformerNaming.Library
  var width: Int
  var depth: Int
  var patch: Int
  /// Patches along each side of the pictures that it is trained with.
  var grid: Int
  /// DeiT's (Touvron et al., "Training data-efficient image transformers", 2021), whose pictures are normalised otherwise.
  var isDeiT = false
  var isDistilled = false

  /// By width, how many heads published networks have (timm's vision_transformer.py, torchvision's vision_transformer.py): 64 features
  /// a head but for the largest.
  static let heads = [
    192: 3, 256: 4, 320: 5, 384: 6, 512: 8, 640: 10, 768: 12, 896: 14, 1024: 16, 1152: 16, 1280: 16, 1408: 16, 1664: 16,
  ]

  static let all = torchvision + timm

  private static let torchvision = [
    ("vit_b_16", 768, 12, 16), ("vit_b_32", 768, 12, 32), ("vit_l_16", 1024, 24, 16), ("vit_l_32", 1024, 24, 32),
    ("vit_h_14", 1280, 32, 14),
  ]
  .map { name, width, depth, patch in
    VisionTransformerVariant(
      name: name, library: .torchvision, width: width, depth: depth, patch: patch, grid: 224 / patch)
  }

  private static let sizes: [(name: String, width: Int, depth: Int, patches: [Int])] = [
    ("tiny", 192, 12, [16]), ("small", 384, 12, [8, 16, 32]), ("base", 768, 12, [8, 16, 32]),
    ("large", 1024, 24, [14, 16, 32]), ("huge", 1280, 32, [14]),
  ]

  private static let timm = sizes.flatMap { size in
    size.patches.flatMap { patch in
      (patch >= 16 ? [224, 384] : [224]).flatMap { side in
        variants(size.name, width: size.width, depth: size.depth, patch: patch, side: side)
      }
    }
  }

  /// The network of these sizes, and the DeiTs of the same.
  private static func variants(
    _ size: String, width: Int, depth: Int, patch: Int, side: Int
  ) -> [VisionTransformerVariant] {
    let tail = "patch\(patch)_\(side)"
    let plain = VisionTransformerVariant(
      name: "vit_\(size)_\(tail)", library: .timm, width: width, depth: depth, patch: patch, grid: side / patch)
    guard patch == 16, width <= 768, side == 224 || width == 768 else { return [plain] }
    var (deit, distilled) = (plain, plain)
    (deit.name, deit.isDeiT) = ("deit_\(size)_\(tail)", true)
    (distilled.name, distilled.isDeiT, distilled.isDistilled) = ("deit_\(size)_distilled_\(tail)", true, true)
    return [plain, deit, distilled]
  }
}
