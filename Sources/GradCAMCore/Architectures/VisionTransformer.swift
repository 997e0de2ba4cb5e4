import ModelFormats

/// The Vision Transformer (Dosovitskiy et al., "An Image is Worth 16x16 Words", 2020) as torchvision, timm and Hugging Face name it,
/// of any width and depth, for pictures of the size that its position embedding is made for; with timm's registers, `LayerScale`, pooling
/// in the place of a class token, and DeiT's distillation (Touvron et al., "Training data-efficient image transformers", 2021), whose
/// two heads' mean is the score.
///
/// Blocks have the shapes of timm's and Hugging Face's: N × tokens × features.
struct VisionTransformer: Architecture {
  /// A transformer of other sizes.
  private static let others = ["vit", "deit"]

  static let names = VisionTransformerVariant.all.map(\.name) + others
  static let keys = ["channels", "classes", "heads"]

  let name: String
  private let naming: VisionTransformerNaming
  private let channels: Int
  private let classes: Int
  private let width: Int
  private let depth: Int
  private let heads: Int
  /// Whether nobody says how many heads there are, and no published network has that width, or several with other heads have.
  private let assumesHeads: Bool
  private let hidden: Int
  private let patch: Int
  private let tokens: VisionTransformerTokens
  private let hasBias: Bool
  private let isScaled: Bool
  /// Whether the mean of the picture's tokens is classified, rather than the class token.
  let isPooled: Bool
  /// Whether the last norm stands behind that mean.
  private let normsPooled: Bool
  private let headNames: [String]
  /// Whether the user says which network it is.
  private let isNamed: Bool

  init(name: String?, arguments: [String: Int], shapes: ParameterShapes) {
    let named = VisionTransformerVariant.all.first { $0.name == name }
    let found = VisionTransformerNaming(shapes)
    let naming =
      found ?? (named?.library == .torchvision ? .torchvision : name == "deit" ? .huggingFace("deit") : .timm)
    (self.naming, isNamed) = (naming, name != nil)
    let prefix = naming.base.map { "\($0)." } ?? ""
    let (kernel, first) = ("\(prefix)\(naming.patches).weight", naming.path(ofBlock: "0"))
    let width = shapes.size(kernel, 0) ?? named?.width ?? 768
    self.width = width
    patch = min(shapes.size(kernel, 2) ?? named?.patch ?? 16, 256)
    depth = named?.depth ?? shapes.blocks(naming.path(ofBlock: ""))
    let perceptron = naming.block.perceptron.map { "\($0)." } ?? ""
    hidden = shapes.size("\(first).\(perceptron)\(naming.block.layers.hidden).weight", 0) ?? 4 * width
    heads = arguments["heads"] ?? VisionTransformerVariant.heads[width] ?? Self.usualHeads(width)
    channels = arguments["channels"] ?? shapes.size(kernel, 1) ?? 3
    let (isKnown, wantsTeacher) = (found != nil, named?.isDistilled ?? (name == "deit"))
    let tokens = VisionTransformerTokens(
      naming, isKnown ? shapes : nil, usualGrid: named?.grid ?? 14, wantsTeacher: wantsTeacher)
    self.tokens = tokens
    let bias: String
    switch naming.block.projections {
    case .fused(_, _, let name): bias = name
    case .separate(let query, _, _): bias = "\(query).bias"
    }
    hasBias = !isKnown || shapes.has("\(first).\(naming.block.attention).\(bias)")
    isScaled = shapes.has("\(first).ls1.gamma")
    normsPooled = naming.library == .timm && shapes.has("fc_norm.weight")
    isPooled = normsPooled || !tokens.hasClass
    // timm's vit_base_patch16_gap_224 has 16 heads, and its vit_base_patch16_siglip_gap_224, of the same shapes, 12.
    let isTwofold =
      naming.library == .timm && isPooled && !normsPooled && tokens.registers == 0
      && (width, depth, patch) == (768, 12, 16)
    assumesHeads = arguments["heads"] == nil && (isTwofold || VisionTransformerVariant.heads[width] == nil)
    let hasTwoHeads =
      isKnown ? naming.distilledHeads.last.map { shapes.has("\($0).weight") } ?? false : wantsTeacher
    headNames = hasTwoHeads ? naming.distilledHeads : [naming.head]
    classes = arguments["classes"] ?? headNames.lazy.compactMap { shapes.classes($0) }.first ?? 1000
    let isPlain = !isScaled && tokens.registers == 0 && !isPooled && tokens.coversSpecial && hasBias
    let same = VisionTransformerVariant.all.first { [patch, depth] variant in
      isPlain && (variant.library == .torchvision) == (naming.library == .torchvision)
        && (variant.width, variant.depth, variant.patch) == (width, depth, patch)
        && variant.isDistilled == tokens.hasTeacher
        && (variant.grid == tokens.grid || naming.library == .torchvision)
    }
    self.name = name ?? same?.name ?? Self.others[naming.base == "deit" ? 1 : 0]
  }

  /// As many heads as have 64 features each, or the next smaller number that divides the width.
  private static func usualHeads(_ width: Int) -> Int {
    (1...max(1, width / 64)).last { width.isMultiple(of: $0) } ?? 1
  }

  var spec: ArchitectureSpec {
    ArchitectureSpec(name: name, arguments: ["channels": channels, "classes": classes, "heads": heads])
  }

  var input: InputSize {
    let side = min(tokens.grid * patch, 1 << 15)
    return InputSize(channels: channels, height: side, width: side, isFixed: true)
  }

  var definesPreprocessing: Bool { false }

  /// torchvision: the transforms of each model's weights. timm: `_cfg` of its vision_transformer.py and deit.py. Hugging Face: the
  /// defaults of `ViTImageProcessor`, and what facebook/deit-* publish.
  var preprocessing: String {
    let side = input.height
    guard channels == 3 else { return "unit,resize=\(side),crop=\(side)" }
    // Nine tenths of a picture of 224 pixels; all of larger ones, which networks are tuned to afterwards.
    let larger = side > 256 ? side : side * 10 / 9
    switch (naming.library, isDeiT) {
    case (.torchvision, _):
      if side > 256 { return "imagenet,resize=\(side),crop=\(side),interpolation=bicubic" }
      return side == 224
        ? "imagenet,resize=\(name == "vit_l_16" ? 242 : 256),crop=224" : "imagenet,resize=\(side * 8 / 7),crop=\(side)"
    case (.timm, true): return "imagenet,resize=\(larger),crop=\(side),interpolation=bicubic"
    case (.timm, false): return "half,resize=\(larger),crop=\(side),interpolation=bicubic"
    case (.huggingFace, true):
      let outer = side > 256 ? side : side * 8 / 7
      return "imagenet,resize=\(outer)x\(outer),crop=\(side),interpolation=bicubic"
    case (.huggingFace, false): return "half,resize=\(side)x\(side),crop=none"
    }
  }

  private var isDeiT: Bool { tokens.hasTeacher || name.hasPrefix("deit") }

  var defaultLayer: (path: String, reason: String) {
    let last = naming.path(ofBlock: "\(depth - 1)")
    if normsPooled { return (last, "the last block before pooling") }
    if isPooled { return (naming.normPath, "the norm before pooling") }
    return (
      "\(last).\(naming.block.norms.attention)", "the norm of the last attention, which all patches go through"
    )
  }

  var lookAlikes: LookAlikes? {
    let variants = VisionTransformerVariant.all.filter { $0.name == name }
    guard !isNamed, let own = variants.first, !own.isDeiT, naming.library == .timm else { return nil }
    let others = VisionTransformerVariant.all.filter {
      $0.isDeiT && !$0.isDistilled && ($0.width, $0.patch, $0.grid) == (own.width, own.patch, own.grid)
    }
    return others.isEmpty
      ? nil
      : LookAlikes(names: others.map(\.name), what: "DeiTs, whose pictures are normalised otherwise", areLikely: false)
  }

  var assumption: Message? {
    guard assumesHeads else { return nil }
    return
      "the weights do not tell how many heads attend; assumed \(heads), of \(width / heads) features each (\(.arch) \(name):heads=N says otherwise)"
  }

  var problem: Message? {
    width.isMultiple(of: heads) ? nil : "heads=\(heads) does not divide the \(width) features of \(name)"
  }

  // MARK: Building

  func build(_ network: NetworkBuilder) -> Value {
    let mixed = network.group(naming.base, kind: "Model", network.input) { image in
      let map = network.conv2d(naming.patches, image, channels, width, kernel: patch, stride: patch, bias: true)
      let x = nested(network, naming.containers[...], network.tokens(map))
      return naming.norm.depth == 0 && !normsPooled ? norm(network, x) : x
    }
    if isPooled {
      let pooled = network.meanToken(mixed, from: tokens.before)
      let x = normsPooled ? network.layerNorm("fc_norm", pooled, width, eps: naming.eps) : pooled
      return network.classifier(headNames[0], x, width, classes)
    }
    guard headNames.count == 2 else {
      return network.classifier(headNames[0], network.token(0, mixed), width, classes)
    }
    // Nobody puts a head of his own in the place of two.
    let scores = headNames.enumerated().map { network.linear($1, network.token($0, mixed), width, classes) }
    return network.function(
      Mul(), network.function(Add(), scores[0], scores[1]), with: Tensor(repeating: 0.5, Shape(1)))
  }

  /// Embeds patches inside the outermost module around the blocks, and applies these in the innermost.
  private func nested(_ network: NetworkBuilder, _ containers: ArraySlice<String>, _ x: Value) -> Value {
    let level = naming.containers.count - containers.count
    var x = x
    if level == naming.norm.depth {
      x = network.embedded(
        x, count: tokens.grid * tokens.grid, special: tokens.special, position: naming.position,
        coversSpecial: tokens.coversSpecial, width: width)
    }
    guard let name = containers.first else { return blocks(network, x) }
    return network.module(name, kind: "Sequential", x) { inner in
      let y = nested(network, containers.dropFirst(), inner)
      return naming.norm.depth > 0 && level + 1 == naming.norm.depth ? norm(network, y) : y
    }
  }

  private func norm(_ network: NetworkBuilder, _ x: Value) -> Value {
    network.layerNorm(naming.norm.name, x, width, eps: naming.eps)
  }

  private func blocks(_ network: NetworkBuilder, _ x: Value) -> Value {
    let block = TransformerBlock(
      names: naming.block, width: width, heads: heads, hidden: hidden, eps: naming.eps,
      tokens: tokens.count, hasBias: hasBias, isScaled: isScaled)
    return (0..<depth).reduce(x) { x, index in
      network.module("\(naming.blockPrefix)\(index)", kind: "Block", x) { block.build(network, $0) }
    }
  }
}
