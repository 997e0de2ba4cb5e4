import ModelFormats

/// What a network's configuration says that changes its numbers and leaves no trace in its weights.
extension ModelConfiguration {
  /// Values that networks here are built with, by transformers' families; those of its own configurations, at version 5.24.
  private static let built: [String: [String: [PlainValue]]] = [
    "resnet": ["hidden_act": [.string("relu")], "downsample_in_bottleneck": [.bool(false)]],
    "regnet": ["hidden_act": [.string("relu")]],
    "vit": ["hidden_act": [.string("gelu")], "layer_norm_eps": [.number(1e-12)]],
    "deit": ["hidden_act": [.string("gelu")], "layer_norm_eps": [.number(1e-12)]],
    "convnext": ["hidden_act": [.string("gelu")], "layer_norm_eps": [.number(1e-12)]],
    "convnextv2": ["hidden_act": [.string("gelu")], "layer_norm_eps": [.number(1e-12)]],
    "swin": ["hidden_act": [.string("gelu")], "layer_norm_eps": [.number(1e-5)]],
    "efficientnet": ["hidden_act": [.string("swish"), .string("silu")], "batch_norm_eps": [.number(1e-3)]],
    "mobilenet_v1": ["hidden_act": [.string("relu6")], "tf_padding": [.bool(true)], "layer_norm_eps": [.number(1e-3)]],
    "mobilenet_v2": ["hidden_act": [.string("relu6")], "tf_padding": [.bool(true)], "layer_norm_eps": [.number(1e-3)]],
  ]

  /// What timm's `model_args` may change without a trace, and the values that change nothing.
  private static let traceless: KeyValuePairs<String, [PlainValue]> = [
    "act_layer": [], "norm_layer": [], "aa_layer": [], "output_stride": [.number(32)],
    "global_pool": pooling.map(PlainValue.string), "block_args": [],
  ]

  /// How timm's networks pool that are built here. `timm.save_for_hf` writes a choice even where it is the usual one.
  private static let pooling = ["avg", "token", ""]

  /// The match with what the configuration says of it.
  ///
  /// - Throws: `InputError` naming the configuration, where it asks for a network that is not built here.
  func fitted(
    _ match: StateDictMatch, _ tensors: [TensorRecord], _ wishes: StateDictMatch.Wishes
  ) throws(InputError) -> StateDictMatch {
    if let problem = unbuilt(match) {
      let path = files.first?.path.map { "\($0)" as Message } ?? "\(Self.modelName)"
      throw InputError(path, "says \(problem), which gradcam does not build", remedy: .exportInstead)
    }
    // Published vision transformers have heads of 64 numbers.
    guard let heads = whole("num_attention_heads"), let width = whole("hidden_size"), heads * 64 != width,
      match.architecture is VisionTransformer
    else { return match }
    var wishes = wishes
    wishes.spec = match.spec
    wishes.spec?.arguments["heads"] = heads
    return try StateDictMatch(tensors, wishes)
  }

  /// The setting that another network would take, as `key = value`; nil where there is none, or where the weights are another family's.
  private func unbuilt(_ match: StateDictMatch) -> String? {
    if let family, let built = Self.built[family], match.architecture.spec.name.lowercased().contains(family.prefix(3))
    {
      for (key, values) in built.sorted(by: { $0.key < $1.key }) {
        if let value = model[key], value != .none, !values.contains(value) { return "\(key) = \(value.shown)" }
      }
    }
    guard timm != nil else { return nil }
    let arguments = model["model_args"]?.table ?? [:]
    for (key, harmless) in Self.traceless {
      if let value = arguments[key], value != .none, !harmless.contains(value) { return "\(key) = \(value.shown)" }
    }
    guard let pooling = (arguments["global_pool"] ?? model["global_pool"])?.text else { return nil }
    // A mean over the tokens shows in a vision transformer's weights, unless its norm was told not to.
    let isBuilt = (match.architecture as? VisionTransformer).map { pooling != "avg" || $0.isPooled } ?? true
    return Self.pooling.contains(pooling) && isBuilt ? nil : "global_pool = \(pooling.brief())"
  }

  private func whole(_ key: String) -> Int? {
    model[key]?.number.flatMap { Int(exactly: $0) }.flatMap { (1...1 << 16).contains($0) ? $0 : nil }
  }
}

extension PlainValue {
  /// The value of a setting for an error's line.
  fileprivate var shown: String {
    switch self {
    case .string(let text): text.brief()
    case .number(let number): "\(number)"
    case .bool(let isTrue): "\(isTrue)"
    case .none: "null"
    case .list, .table: "…"
    }
  }
}
