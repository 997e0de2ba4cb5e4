/// What a library calls the parts of a ConvNeXt.
struct ConvNeXtNaming: Sendable {
  enum Library: Sendable { case torchvision, timm, original, huggingFace }

  /// A block's parts, inside the block.
  struct Block: Sendable {
    /// The module around all of them but the scale; nil for none.
    var group: String?
    var convolution: String
    var norm: String
    /// The module around the perceptron; nil for none.
    var perceptron: String?
    var hidden: String
    var activation: String
    var output: String
    var scale: String
    /// γ and β of the response norm, with their shape's rank.
    var response: (name: String, factor: String, summand: String, rank: Int)
  }

  var library: Library
  /// The module around all but the head; nil for none.
  var base: String?
  /// Where stages lie, inside `base`; nil where in `base` itself.
  var encoder: String?
  var stem: (convolution: String, norm: String)
  var block: Block
  /// The norm behind pooling: its full name, and whether it sees N C 1 1.
  var norm: (name: String, isOfMaps: Bool, eps: Double)
  var head: String

  static let torchvision = ConvNeXtNaming(
    library: .torchvision, base: "features", encoder: nil, stem: ("0.0", "0.1"),
    block: Block(
      group: "block", convolution: "0", norm: "2", perceptron: nil, hidden: "3", activation: "4", output: "5",
      scale: "layer_scale", response: ("", "", "", 1)),
    norm: ("classifier.0", true, 1e-6), head: "classifier.2")
  static let timm = ConvNeXtNaming(
    library: .timm, base: nil, encoder: nil, stem: ("stem.0", "stem.1"),
    block: Block(
      group: nil, convolution: "conv_dw", norm: "norm", perceptron: "mlp", hidden: "fc1", activation: "act",
      output: "fc2", scale: "gamma", response: ("grn", "weight", "bias", 1)),
    norm: ("head.norm", true, 1e-6), head: "head.fc")
  /// The names of the papers' own code.
  static let original = ConvNeXtNaming(
    library: .original, base: nil, encoder: nil, stem: ("downsample_layers.0.0", "downsample_layers.0.1"),
    block: Block(
      group: nil, convolution: "dwconv", norm: "norm", perceptron: nil, hidden: "pwconv1", activation: "act",
      output: "pwconv2", scale: "gamma", response: ("grn", "gamma", "beta", 4)),
    norm: ("norm", false, 1e-6), head: "head")

  /// Hugging Face's: `convnext`, `convnextv2`, or a model without a module around it.
  static func huggingFace(_ base: String?) -> ConvNeXtNaming {
    ConvNeXtNaming(
      library: .huggingFace, base: base, encoder: "encoder",
      stem: ("embeddings.patch_embeddings", "embeddings.layernorm"),
      block: Block(
        group: nil, convolution: "dwconv", norm: "layernorm", perceptron: nil, hidden: "pwconv1", activation: "act",
        output: "pwconv2", scale: "layer_scale_parameter", response: ("grn", "weight", "bias", 4)),
      norm: (base.map { "\($0).layernorm" } ?? "layernorm", false, 1e-12), head: "classifier")
  }

  /// Whose names these are; nil where nobody's.
  static func found(_ shapes: ParameterShapes) -> ConvNeXtNaming? {
    for base in ["convnext", "convnextv2", nil] {
      let prefix = base.map { "\($0)." } ?? ""
      if shapes.has("\(prefix)encoder.stages.0.layers.0.dwconv.weight") { return huggingFace(base) }
    }
    if shapes.has("features.1.0.block.0.weight") { return torchvision }
    if shapes.has("stages.0.blocks.0.conv_dw.weight") { return timm }
    return shapes.has("stages.0.0.dwconv.weight") ? original : nil
  }

  /// The path of `name` inside `base`.
  func full(_ name: String) -> String { base.map { "\($0).\(name)" } ?? name }

  /// A stage, inside `base` and `encoder`; the module of its blocks in it; and what makes maps smaller before it.
  func stage(_ index: Int) -> (name: String, blocks: String?, downsampling: String) {
    switch library {
    case .torchvision: ("\(2 * index + 1)", nil, "\(2 * index)")
    case .timm: ("stages.\(index)", "blocks", "downsample")
    case .original: ("stages.\(index)", nil, "downsample_layers.\(index)")
    case .huggingFace: ("stages.\(index)", "layers", "downsampling_layer")
    }
  }

  /// Whether what makes maps smaller lies inside the stage.
  var downsamplesInside: Bool { library == .timm || library == .huggingFace }

  /// The full path of a stage.
  func path(ofStage index: Int) -> String {
    full((encoder.map { "\($0)." } ?? "") + stage(index).name)
  }

  /// The full path of a block.
  func path(ofBlock block: String, inStage index: Int) -> String {
    "\(path(ofStage: index)).\(stage(index).blocks.map { "\($0)." } ?? "")\(block)"
  }
}
