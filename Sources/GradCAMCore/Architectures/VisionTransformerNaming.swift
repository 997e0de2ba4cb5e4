/// What a library calls the parts of a Vision Transformer, and what else differs from library to library.
struct VisionTransformerNaming: Sendable {
  enum Library: Sendable { case torchvision, timm, huggingFace }

  var library: Library
  /// The module around all but the head; nil for none.
  var base: String?
  /// The convolution that makes patches, inside `base`.
  var patches: String
  /// Full names of parameters.
  var classToken: String
  var distillationToken: String
  var registers: String
  var position: String
  /// Modules around the blocks, from the outermost in, inside `base`.
  var containers: [String]
  /// What stands before a block's number.
  var blockPrefix = ""
  var block: TransformerBlock.Names
  /// The last norm, and how many of the containers it lies in.
  var norm: (name: String, depth: Int)
  var head: String
  /// The second head of a distilled network, and what the first one is called beside it.
  var distilledHeads: [String]
  var eps: Double

  static let torchvision = VisionTransformerNaming(
    library: .torchvision, base: nil, patches: "conv_proj", classToken: "class_token", distillationToken: "",
    registers: "", position: "encoder.pos_embedding", containers: ["encoder", "layers"],
    blockPrefix: "encoder_layer_", block: .torchvision, norm: ("ln", 1), head: "heads.head", distilledHeads: [],
    eps: 1e-6)
  static let timm = VisionTransformerNaming(
    library: .timm, base: nil, patches: "patch_embed.proj", classToken: "cls_token", distillationToken: "dist_token",
    registers: "reg_token", position: "pos_embed", containers: ["blocks"], block: .timm, norm: ("norm", 0),
    head: "head", distilledHeads: ["head", "head_dist"], eps: 1e-6)

  /// Hugging Face's: `vit`, `deit`, or a model without a module around it.
  ///
  /// - Parameter isNew: whether the names are those of transformers 5 in memory.
  static func huggingFace(_ base: String?, isNew: Bool = false) -> VisionTransformerNaming {
    let embeddings = base.map { "\($0).embeddings" } ?? "embeddings"
    return VisionTransformerNaming(
      library: .huggingFace, base: base, patches: "embeddings.patch_embeddings.projection",
      classToken: "\(embeddings).cls_token", distillationToken: "\(embeddings).distillation_token", registers: "",
      position: "\(embeddings).position_embeddings", containers: isNew ? ["layers"] : ["encoder", "layer"],
      block: isNew ? .newHuggingFace : .huggingFace("attention"), norm: ("layernorm", 0), head: "classifier",
      distilledHeads: ["cls_classifier", "distillation_classifier"], eps: 1e-12)
  }

  /// Whose names these are; nil where nobody's.
  init?(_ shapes: ParameterShapes) {
    for base in ["vit", "deit", nil] {
      let prefix = base.map { "\($0)." } ?? ""
      guard shapes.has("\(prefix)embeddings.patch_embeddings.projection.weight") else { continue }
      self = .huggingFace(base, isNew: shapes.has("\(prefix)layers.0.attention.q_proj.weight"))
      return
    }
    if shapes.has("conv_proj.weight") {
      self = .torchvision
      if shapes.has("encoder.layers.encoder_layer_0.mlp.linear_1.weight") { block = .oldTorchvision }
      // Somebody's head in the place of the module that holds torchvision's.
      if shapes.has("heads.weight") { head = "heads" }
    } else if shapes.has("patch_embed.proj.weight") {
      self = .timm
    } else {
      return nil
    }
  }

  private init(
    library: Library, base: String?, patches: String, classToken: String, distillationToken: String, registers: String,
    position: String, containers: [String], blockPrefix: String = "", block: TransformerBlock.Names,
    norm: (name: String, depth: Int), head: String, distilledHeads: [String], eps: Double
  ) {
    (self.library, self.base, self.patches, self.classToken) = (library, base, patches, classToken)
    (self.distillationToken, self.registers, self.position) = (distillationToken, registers, position)
    (self.containers, self.blockPrefix, self.block, self.norm) = (containers, blockPrefix, block, norm)
    (self.head, self.distilledHeads, self.eps) = (head, distilledHeads, eps)
  }

  /// The full path of a block.
  func path(ofBlock index: String) -> String {
    ((base.map { [$0] } ?? []) + containers + [blockPrefix + index]).joined(separator: ".")
  }

  /// The full path of the last norm.
  var normPath: String {
    ((base.map { [$0] } ?? []) + containers.prefix(norm.depth) + [norm.name]).joined(separator: ".")
  }
}
