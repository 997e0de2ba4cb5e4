/// What a library calls the parts of a Swin Transformer.
struct SwinNaming: Sendable {
  /// `microsoft` is the paper's own code, whose names timm's are but for where maps become smaller.
  enum Library: Sendable { case torchvision, timm, microsoft, huggingFace }

  var library: Library
  /// The module around all but the head; nil for none.
  var base: String?
  /// Where stages lie, inside `base`; nil where in `base` itself.
  var encoder: String?
  /// Inside `base`.
  var stem: (convolution: String, norm: String)
  var block: TransformerBlock.Names
  /// The table of biases, inside a block.
  var table: String
  /// Full names.
  var norm: String
  var head: String

  static let torchvision = SwinNaming(
    library: .torchvision, base: "features", encoder: nil, stem: ("0.0", "0.2"), block: .torchvisionWindows,
    table: "attn.relative_position_bias_table", norm: "norm", head: "head")
  static let timm = SwinNaming(
    library: .timm, base: nil, encoder: nil, stem: ("patch_embed.proj", "patch_embed.norm"), block: .timm,
    table: "attn.relative_position_bias_table", norm: "norm", head: "head.fc")

  /// Hugging Face's: `swin`, or a model without a module around it.
  ///
  /// - Parameter isNew: whether the names are those of transformers 5 in memory.
  static func huggingFace(_ base: String?, isNew: Bool) -> SwinNaming {
    SwinNaming(
      library: .huggingFace, base: base, encoder: "encoder",
      stem: ("embeddings.patch_embeddings.projection", "embeddings.norm"),
      block: isNew ? .newHuggingFace : .huggingFace("self"),
      table: isNew
        ? "attention.relative_position_bias.relative_position_bias_table"
        : "attention.self.relative_position_bias_table",
      norm: base.map { "\($0).layernorm" } ?? "layernorm", head: "classifier")
  }

  /// Whose names these are; nil where nobody's.
  static func found(_ shapes: ParameterShapes) -> SwinNaming? {
    for base in ["swin", nil] {
      let prefix = base.map { "\($0)." } ?? ""
      guard shapes.has("\(prefix)encoder.layers.0.blocks.0.layernorm_before.weight") else { continue }
      let isNew = shapes.has("\(prefix)encoder.layers.0.blocks.0.attention.q_proj.weight")
      return huggingFace(base, isNew: isNew)
    }
    if shapes.has("features.1.0.attn.relative_position_bias_table") { return torchvision }
    guard shapes.has("layers.0.blocks.0.attn.relative_position_bias_table") else { return nil }
    var own = timm
    // timm before 0.9, and Microsoft, make maps smaller at the end of a stage.
    if shapes.has("layers.0.downsample.reduction.weight") { own.library = .microsoft }
    if shapes.has("head.weight") { own.head = "head" }
    return own
  }

  /// The path of `name` inside `base`.
  func full(_ name: String) -> String { base.map { "\($0).\(name)" } ?? name }

  /// A stage, inside `base` and `encoder`, and the module of its blocks in it.
  func stage(_ index: Int) -> (name: String, blocks: String?) {
    library == .torchvision ? ("\(2 * index + 1)", nil) : ("layers.\(index)", "blocks")
  }

  /// Whether stages give N H W C.
  var hasMaps: Bool { library == .torchvision || library == .timm }

  /// Where maps become smaller between stages.
  var merging: (place: Place, name: (_ stage: Int) -> String) {
    switch library {
    case .torchvision: (.between, { "\(2 * $0)" })
    case .timm: (.before, { _ in "downsample" })
    case .microsoft, .huggingFace: (.after, { _ in "downsample" })
    }
  }

  /// Inside the stage, before or after its blocks, or between two.
  enum Place { case between, before, after }

  /// The full path of a block.
  func path(ofBlock block: String, inStage index: Int) -> String {
    let (name, group) = stage(index)
    return full("\(encoder.map { "\($0)." } ?? "")\(name).\(group.map { "\($0)." } ?? "")\(block)")
  }
}
