import ModelFormats

/// Refuses operators that are not computed: by family where a family has a way out of its own.
enum ONNXOperatorCheck {
  /// Operators that a file has for one reason.
  private struct Family {
    /// What the file is or holds; the operators are named behind it.
    let what: String
    let remedy: Message
    let holds: @Sendable (ONNXNode) -> Bool
  }

  private static let families = [
    // https://onnxruntime.ai/docs/performance/quantization.html: the operator-oriented format.
    Family(
      what: "is quantised with operators on whole numbers",
      remedy: "the float32 model, or one quantised in the QDQ format",
      holds: { node in
        let kind = node.opType
        return kind.hasPrefix("QLinear") || ["ConvInteger", "MatMulInteger", "QGemm", "QAttention"].contains(kind)
          || kind.hasPrefix("DynamicQuantize") && !node.domain.isEmpty || kind.hasPrefix("MatMulIntegerTo")
          || kind.hasPrefix("QOrdered") || kind.hasSuffix("NBits")
      }),
    // What onnxruntime writes where it is asked for the model as it has optimised it.
    Family(
      what: "holds onnxruntime's own operators", remedy: "an export without offline optimisation",
      holds: { $0.domain.hasPrefix("com.microsoft") || $0.domain.hasPrefix("com.ms.") }),
    Family(
      what: "calls PyTorch's own operators", remedy: "an export without ATen fallback",
      holds: { $0.domain.hasPrefix("org.pytorch") || $0.domain == "aten" || $0.opType == "ATen" }),
    Family(
      what: "is a model of classical machine learning", remedy: "a convolutional network or a transformer",
      holds: { $0.domain == "ai.onnx.ml" }),
    Family(
      what: "holds a training graph", remedy: "an export of the model in eval mode",
      holds: { $0.domain.contains("training") }),
    Family(
      what: "draws random numbers", remedy: "an export of the model in eval mode",
      holds: { node in
        let kind = node.opType
        return node.domain.isEmpty && (kind.hasPrefix("Random") || ["Bernoulli", "Multinomial"].contains(kind))
      }),
    Family(
      what: "has operators that are not ONNX's own", remedy: "an export with standard operators alone",
      holds: { !$0.domain.isEmpty }),
  ]

  /// Whether a node can be converted, as far as its operator tells.
  private static func isKnown(_ node: ONNXNode) -> Bool {
    if ONNXConverters.converter(node) != nil { return true }
    return node.domain.isEmpty
      && (["If", "Loop"].contains(node.opType) || ONNXImporter.sequenceOperators.contains(node.opType))
  }

  /// Names every kind of operator that is missing, all at once.
  static func expectKnown(_ nodes: some Sequence<ONNXNode>) throws(InputError) {
    let missing = nodes.filter { !isKnown($0) }
    if !missing.isEmpty { throw refusal(missing) }
  }

  /// The refusal of operators.
  static func refusal(_ nodes: [ONNXNode]) -> InputError {
    for family in families {
      let members = nodes.filter(family.holds)
      if !members.isEmpty { return InputError("", "\(family.what): \(list(members))", remedy: family.remedy) }
    }
    let isControlFlow = nodes.contains { $0.opType == "Scan" }
    return InputError(
      "", "has operators that are not supported: \(list(nodes))",
      remedy: isControlFlow ? "an export without control flow" : "a network without them")
  }

  /// The first node, the kinds of others, and how many more there are.
  private static func list(_ nodes: [ONNXNode]) -> String {
    var kinds: Set<String> = []
    let firsts = nodes.filter { kinds.insert("\($0.domain) \($0.opType)").inserted }
    let shown = firsts.prefix(3).enumerated().map { place, node in
      let kind = node.opType.brief(24)
      let domain = node.domain.isEmpty ? "" : " of \(node.domain.brief(24))"
      return place == 0 ? "\(node.label)\(domain)" : "\(kind)\(domain)"
    }
    let rest = firsts.count - shown.count
    return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more kind\(rest == 1 ? "" : "s")" : "")
  }
}
