import ModelFormats

extension Graph {
  /// The layer to explain where nobody names one, for networks whose architecture is not known: the last module whose output is a
  /// feature map that the output depends on, before global pooling, flattening or the last attention, and that is no pooling itself.
  ///
  /// - Returns: nil where the network has no feature map. With a `doubt` the layer may be far from the last one.
  func defaultLayer(_ positions: PositionMap) -> (path: String, reason: String, doubt: Message?)? {
    var lost: Int?
    var besides: String?
    for node in nodes.reversed() where !positions.onlyMovesOrPools(node) {
      if case .lost(let cause) = positions.standing(of: node.output), positions.isLost(node.output) { lost = cause }
      guard let view = positions.view(of: node.output), let own = capturedPath(node.output) else { continue }
      let path = turned(node, positions).map(canonicalPath) ?? own
      // Tokens beside the way of all others, as the weights of a pooling, say little. A sum of tokens that is no module's output is
      // nothing that a hook in PyTorch could reach.
      let isKnown = view.isPlain || positions.isOnlyWay(node.output) && !isBareSum(node, path)
      guard positions.isWhole(node.output), isKnown else {
        besides = besides ?? path
        continue
      }
      let isOfTokens = !view.isPlain && view.own.rank == 3
      let reason =
        isOfTokens
        ? "the last layer through which every patch reaches the output"
        : "the last feature map before pooling or flattening"
      return (path, reason, lost.map { "tokens or cells of its later layers cannot be followed through \(name($0))" })
    }
    let doubt: Message = "patches reach the output on several ways beside each other"
    return besides.map { ($0, "the last feature map", doubt) }
  }

  /// Whether a node is a sum or product by a function of the network itself, outside all of its modules.
  private func isBareSum(_ node: Node, _ path: String) -> Bool {
    node.operation.parameterCount == 0 && node.inputs.count > 1 && !path.contains(".")
  }

  /// The module around a node, where all that it does behind it is to turn its output to N C H W.
  private func turned(_ node: Node, _ positions: PositionMap) -> String? {
    guard let parent = calls[node.call].parent.map({ calls[$0] }), let last = producer(parent.output),
      !modules[parent.module].path.isEmpty, last.inputs == [node.output], last.operation.onlyMovesOrPools,
      let view = positions.view(of: parent.output), view.isPlain,
      view.shape == positions.view(of: node.output)?.shape
    else { return nil }
    return modules[parent.module].path
  }

  /// A node by its path and kind, for complaints.
  func name(_ node: Int) -> String { "\(path(of: nodes[node])) (\(nodes[node].operation.kind))" }

  /// The first node that makes several images of one, as averages over flipped or cropped pictures begin, and how many they are.
  func ownBatch(_ positions: PositionMap) -> (node: Int, images: Int)? {
    for (index, node) in nodes.enumerated() {
      let (output, inputs) = (positions.shape(of: node.output), node.inputs.map(positions.shape))
      guard output.isFeatureMap, output.n > 1, inputs.count > 1, output.h * output.w > 1 else { continue }
      let areImages = inputs.allSatisfy { input in
        input.isFeatureMap && input.n < output.n && input.dimensions.dropFirst() == output.dimensions.dropFirst()
      }
      if areImages { return (index, output.n) }
    }
    return nil
  }

  /// A complaint about a network without a default layer.
  func noFeatureMap(_ positions: PositionMap) -> InputError {
    let problem = "has no feature map of more than one position"
    if let (node, count) = ownBatch(positions) {
      return InputError(
        "",
        "runs \(count) views of the picture at once, which \(name(node)) makes: their maps do not lie over one another",
        remedy: "an export without test-time augmentation")
    }
    for node in nodes {
      guard case .lost(let cause) = positions.standing(of: node.output) else { continue }
      return InputError(
        "", "\(problem) that is known: rows and columns cannot be followed through \(name(cause))",
        remedy: "a convolutional network")
    }
    return InputError("", "\(problem)", remedy: "a convolutional network")
  }
}
