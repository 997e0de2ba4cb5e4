/// The names that transformers gives an EfficientNet's weights. It computes what the package `efficientnet_pytorch` does: blocks that
/// pad on all sides (`depthwise_padding` in its configs) are those whose feature maps have an odd size there.
enum TransformersEfficientNet: ForeignNames {
  /// By the beginning of a name outside blocks.
  private static let outer: KeyValuePairs = [
    "embeddings.convolution": "_conv_stem", "embeddings.batchnorm": "_bn0", "encoder.top_conv": "_conv_head",
    "encoder.top_bn": "_bn1", "classifier": "_fc",
  ]
  /// By the beginning of a name in a block.
  private static let inner: KeyValuePairs = [
    "expansion.expand_conv": "_expand_conv", "expansion.expand_bn": "_bn0",
    "depthwise_conv.depthwise_conv": "_depthwise_conv", "depthwise_conv.depthwise_norm": "_bn1",
    "squeeze_excite.reduce": "_se_reduce", "squeeze_excite.expand": "_se_expand",
    "projection.project_conv": "_project_conv", "projection.project_bn": "_bn2",
  ]
  private static let blocks = "encoder.blocks."

  static func names(_ shapes: ParameterShapes) -> [String: String]? {
    let own = "\(blocks)0.depthwise_conv.depthwise_conv.weight"
    guard let prefix = ["efficientnet.", ""].first(where: { shapes.has("\($0)\(own)") }) else { return nil }
    var names: [String: String] = [:]
    for name in shapes.shapes.keys {
      let rest = name.hasPrefix(prefix) ? name.dropFirst(prefix.count) : name[...]
      if let renamed = renamed(rest) { names[name] = renamed }
    }
    return names
  }

  private static func renamed(_ name: Substring) -> String? {
    guard name.hasPrefix(blocks) else { return replaced(name, outer) }
    let parts = name.dropFirst(blocks.count).split(separator: ".", maxSplits: 1)
    guard parts.count == 2, let layer = replaced(parts[1], inner) else { return nil }
    return "_blocks.\(parts[0]).\(layer)"
  }

  private static func replaced(_ name: Substring, _ table: KeyValuePairs<String, String>) -> String? {
    table.first { name.hasPrefix($0.key + ".") }.map { $0.value + name.dropFirst($0.key.count) }
  }
}
