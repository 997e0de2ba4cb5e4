import ModelFormats

/// The Swin Transformer (Liu et al., "Swin Transformer: Hierarchical Vision Transformer using Shifted Windows", 2021) as torchvision,
/// timm, Microsoft and Hugging Face name it, of any widths and depths, for pictures of one size.
///
/// Values are N × tokens × features, row by row. Where torchvision and timm have N H W C, stages and the last norm give that, too.
struct SwinTransformer: Architecture {
  private static let sizes: [(name: String, depths: [Int], width: Int)] = [
    ("tiny", [2, 2, 6, 2], 96), ("small", [2, 2, 18, 2], 96), ("base", [2, 2, 18, 2], 128),
    ("large", [2, 2, 18, 2], 192),
  ]
  private static let otherName = "swin"

  /// A network that has a name.
  private struct Variant {
    var name: String
    var isTorchvision: Bool
    var depths: [Int]
    var width: Int
    var window: Int
  }

  private static let variants =
    sizes.prefix(3).map {
      Variant(name: "swin_\($0.name.prefix(1))", isTorchvision: true, depths: $0.depths, width: $0.width, window: 7)
    }
    + sizes.flatMap { size in
      (size.width < 128 ? [7] : [7, 12]).map { window in
        Variant(
          name: "swin_\(size.name)_patch4_window\(window)_\(32 * window)", isTorchvision: false, depths: size.depths,
          width: size.width, window: window)
      }
    }

  static let names = variants.map(\.name) + [otherName]
  static let keys = ["channels", "classes", "size"]

  /// Windows are no larger, whatever a file claims: masks have their fourth power.
  private static let largestWindow = 16

  /// Sides of pictures are no longer: masks have their square.
  private static let largestSize = 4096

  let name: String
  private let naming: SwinNaming
  private let channels: Int
  private let classes: Int
  private let patch: Int
  private let depths: [Int]
  /// Features of the first stage; they double from stage to stage.
  private let width: Int
  /// By stage.
  private let heads: [Int]
  private let windows: [Int]
  private let hidden: [Int]
  /// Rows and columns of the picture.
  private let size: Int
  private let hasBias: Bool
  private let hasStemNorm: Bool

  init(name: String?, arguments: [String: Int], shapes: ParameterShapes) {
    let named = Self.variants.first { $0.name == name }
    let found = SwinNaming.found(shapes)
    let naming = found ?? (named?.isTorchvision ?? false ? .torchvision : .timm)
    self.naming = naming
    let stem = naming.full(naming.stem.convolution)
    let width = shapes.size("\(stem).weight", 0) ?? named?.width ?? 96
    let patch = min(shapes.size("\(stem).weight", 2) ?? 4, 64)
    (self.width, self.patch) = (width, patch)
    channels = arguments["channels"] ?? shapes.size("\(stem).weight", 1) ?? 3
    classes = arguments["classes"] ?? shapes.classes(naming.head) ?? 1000
    let firsts = (0..<4).map { naming.path(ofBlock: "0", inStage: $0) }
    let stages = named?.depths.count ?? max(firsts.prefix { shapes.has("\($0).\(naming.table)") }.count, 1)
    depths = named?.depths ?? (0..<stages).map { shapes.blocks(naming.path(ofBlock: "", inStage: $0)) }
    let tables = firsts.prefix(stages).map { "\($0).\(naming.table)" }
    let windows = tables.map { table in
      let side = (shapes.size(table, 0) ?? 0).squareRoot
      return side.map { min(($0 + 1) / 2, Self.largestWindow) } ?? named?.window ?? 7
    }
    self.windows = windows
    heads = tables.enumerated().map { shapes.size($1, 1) ?? max(1, width / 32) << $0 }
    let perceptron = naming.block.perceptron.map { "\($0)." } ?? ""
    hidden = firsts.prefix(stages).enumerated().map {
      shapes.size("\($1).\(perceptron)\(naming.block.layers.hidden).weight", 0) ?? 4 * width << $0
    }
    // Masks that older files keep tell how many windows there are; else the last stage has one.
    let masked = shapes.size("\(naming.path(ofBlock: "1", inStage: 0)).attn_mask", 0)?.squareRoot
    let usual = masked.map { $0 * windows[0] * patch } ?? patch << (stages - 1) * windows[stages - 1]
    size = arguments["size"] ?? max(min(usual, Self.largestSize), patch)
    let bias: String
    switch naming.block.projections {
    case .fused(_, _, let name): bias = name
    case .separate(let query, _, _): bias = "\(query).bias"
    }
    hasBias = found == nil || shapes.has("\(firsts[0]).\(naming.block.attention).\(bias)")
    hasStemNorm = found == nil || shapes.has("\(naming.full(naming.stem.norm)).weight")
    let same = Self.variants.first { [depths] variant in
      variant.isTorchvision == (naming.library == .torchvision) && (variant.depths, variant.width) == (depths, width)
        && windows.allSatisfy { $0 == variant.window }
    }
    self.name = name ?? same?.name ?? Self.otherName
  }

  var spec: ArchitectureSpec {
    ArchitectureSpec(name: name, arguments: ["channels": channels, "classes": classes, "size": size])
  }
  var input: InputSize { InputSize(channels: channels, height: size, width: size, isFixed: true) }
  var definesPreprocessing: Bool { false }

  /// torchvision: the transforms of each model's weights. timm: `_cfg` of its swin_transformer.py. Hugging Face: what microsoft/swin-*
  /// publish.
  var preprocessing: String {
    guard channels == 3 else { return "unit,resize=\(size),crop=\(size)" }
    let resize: String
    switch naming.library {
    case .torchvision where size == 224: resize = "\(name == "swin_s" ? 246 : name == "swin_b" ? 238 : 232),crop=224"
    case .huggingFace: resize = "\(size)x\(size),crop=none"
    case .torchvision, .timm, .microsoft: resize = "\(size > 256 ? size : size * 10 / 9),crop=\(size)"
    }
    return "imagenet,resize=\(resize),interpolation=bicubic"
  }

  var defaultLayer: (path: String, reason: String) { (naming.norm, "the norm before pooling") }

  var problem: Message? {
    if size > Self.largestSize { return "size=\(size) is larger than any picture of \(name): \(Self.largestSize)" }
    return size % patch == 0 ? nil : "size=\(size) is no multiple of \(name)'s patches of \(patch)×\(patch)"
  }

  // MARK: Building

  func build(_ network: NetworkBuilder) -> Value {
    // Hugging Face's last norm lies in the module around all but the head.
    let isInside = naming.library == .huggingFace
    let last = width << (depths.count - 1)
    let norm = { (x: Value, name: String) in network.layerNorm(name, x, last, eps: 1e-5) }
    var x = network.group(naming.base, kind: "Model", network.input) { image in
      let map = network.conv2d(
        naming.stem.convolution, image, channels, width, kernel: patch, stride: patch, bias: true)
      let tokens = network.tokens(map)
      let stem = hasStemNorm ? network.layerNorm(naming.stem.norm, tokens, width, eps: 1e-5) : tokens
      let x = network.group(naming.encoder, kind: "Sequential", stem) { stages(network, $0) }
      return isInside ? norm(x, "layernorm") : x
    }
    if !isInside { x = norm(x, naming.norm) }
    let axes = naming.hasMaps ? [1, 2] : [1]
    let pooled = network.function(ReduceMean(reduced: ReducedAxes(axes, keepsDimensions: false)), x)
    return network.classifier(naming.head, pooled, last, classes)
  }

  private func stages(_ network: NetworkBuilder, _ x: Value) -> Value {
    var (x, grid) = (x, size / patch)
    let (place, mergingName) = naming.merging
    for index in depths.indices {
      let before = grid
      let isLast = index == depths.count - 1
      if index > 0, place == .between { x = merged(network, mergingName(index), x, before, stage: index - 1) }
      let own = index > 0 && place != .after ? (before + 1) / 2 : before
      x = network.module(naming.stage(index).name, kind: "Stage", x) { x in
        var x = index > 0 && place != .between ? flat(network, x, before, stage: index - 1) : x
        if index > 0, place == .before { x = merged(network, mergingName(index), x, before, stage: index - 1) }
        x = network.group(naming.stage(index).blocks, kind: "Sequential", x) { blocks(network, $0, own, stage: index) }
        if place == .after, !isLast { return merged(network, mergingName(index), x, own, stage: index) }
        return naming.hasMaps ? network.function(Reshape([-1, own, own, width << index]), x) : x
      }
      grid = place == .after && !isLast ? (own + 1) / 2 : own
    }
    return x
  }

  /// What a stage gave as tokens.
  private func flat(_ network: NetworkBuilder, _ x: Value, _ grid: Int, stage: Int) -> Value {
    naming.hasMaps ? network.function(Reshape([-1, grid * grid, width << stage]), x) : x
  }

  /// Four neighbouring tokens become one.
  private func merged(_ network: NetworkBuilder, _ name: String, _ x: Value, _ grid: Int, stage: Int) -> Value {
    let (width, half) = (width << stage, (grid + 1) / 2)
    return network.module(name, kind: "PatchMerging", x) { x in
      var x = naming.merging.place == .between ? flat(network, x, grid, stage: stage) : x
      if grid % 2 == 1 {
        x = network.function(Reshape([-1, 1, grid, grid, width]), x)
        x = network.function(Pad(axes: [2, 3], before: [0, 0], after: [1, 1], mode: .constant(0)), x)
      }
      x = network.function(Reshape([-1, half, 2, half, 2, width]), x)
      // The row inside a cell changes fastest, then its column.
      x = network.function(Transpose([0, 1, 3, 4, 2, 5]), x)
      x = network.function(Reshape([-1, half * half, 4 * width]), x)
      x = network.layerNorm("norm", x, 4 * width, eps: 1e-5)
      return network.tokenLinear("reduction", x, 4 * width, 2 * width, bias: false)
    }
  }

  private func blocks(_ network: NetworkBuilder, _ x: Value, _ grid: Int, stage: Int) -> Value {
    let width = width << stage
    var mask: Tensor?
    return (0..<depths[stage]).reduce(x) { x, index in
      let windows = SwinWindows(
        grid: grid, window: windows[stage], isShifted: index % 2 == 1,
        rollsFirst: naming.library == .timm || naming.library == .microsoft)
      let path = naming.path(ofBlock: "\(index)", inStage: stage)
      let bias = network.biases(windows, "\(path).\(naming.table)", heads: heads[stage])
      // Blocks of a stage share theirs. Where weights are missing the network will not run.
      if windows.shift > 0, mask == nil, bias != nil { mask = windows.mask() }
      var block = TransformerBlock(
        names: naming.block, width: width, heads: heads[stage], hidden: hidden[stage], eps: 1e-5,
        windows: windows.count, tokens: windows.size, hasBias: hasBias, bias: bias,
        mask: windows.shift > 0 ? mask : nil)
      block.arrange = { windows.arrange($0, $1, width) }
      block.restore = { windows.restore($0, $1, width) }
      network.passOver(windows: path, table: naming.table)
      return network.module("\(index)", kind: "SwinTransformerBlock", x) { block.build(network, $0) }
    }
  }
}

extension NetworkBuilder {
  /// The biases of a block's attention; nil where the file lacks their table, or weights are not read.
  fileprivate func biases(_ windows: SwinWindows, _ name: String, heads: Int) -> (values: Tensor, trained: Int)? {
    let side = 2 * windows.window - 1
    guard let table = parameters.numbers(name, [side * side, heads]) else { return nil }
    return (windows.biases(table, heads: heads), table.count)
  }

  /// What some libraries keep of a block though it follows from the sizes of its windows.
  fileprivate func passOver(windows path: String, table: String) {
    parameters.pass(over: "\(path).\(table.replacing("bias_table", with: "index"))")
    parameters.pass(over: "\(path).attn_mask")
  }
}

extension Int {
  /// The number whose square this is; nil where there is none, or it is not above zero.
  fileprivate var squareRoot: Int? {
    guard self > 0 else { return nil }
    let root = Int(Double(self).squareRoot().rounded())
    return root * root == self ? root : nil
  }
}
