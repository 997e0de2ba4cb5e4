import ModelFormats

extension Graph {
  /// The layer to explain where nobody names one, for networks whose architecture is not known: the last module whose output is a
  /// feature map that the output depends on, before global pooling, flattening or the last attention, and that is no pooling itself.
  ///
  /// - Returns: nil where the network has no feature map. With a `doubt` the layer may be far from the last one.
  func defaultLayer(_ positions: PositionMap) -> (path: String, reason: String, doubt: Message?)? {
    var lost: Int?
    var (besides, oneWay) = (String?.none, String?.none)
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
      guard !areWaysBeside(node.output, positions) else {
        oneWay = oneWay ?? path
        continue
      }
      let isOfTokens = !view.isPlain && view.own.rank == 3
      let reason =
        isOfTokens
        ? "the last layer through which every patch reaches the output"
        : "the last feature map before pooling or flattening"
      return (path, reason, lost.map { "tokens or cells of its later layers cannot be followed through \(name($0))" })
    }
    if let oneWay { return (oneWay, "the last layer of one branch of patches; others reach the output beside it", nil) }
    let doubt: Message = "patches reach the output on several ways beside each other"
    return besides.map { ($0, "the last feature map", doubt) }
  }

  /// Whether a node is a sum or product by a function of the network itself, outside all of its modules.
  private func isBareSum(_ node: Node, _ path: String) -> Bool {
    node.operation.parameterCount == 0 && node.inputs.count > 1 && !path.contains(".")
  }

  /// Whether special tokens of another branch than that of `value` sum up places of the picture for the output, as in networks that
  /// cut the picture into patches twice: a map at `value` would show one branch's share.
  private func areWaysBeside(_ value: Value, _ positions: PositionMap) -> Bool {
    guard positions.hasTokens else { return false }
    let gathering = nodes.filter(positions.gathersPlaces)
    guard gathering.count > 1 else { return false }
    var isRelated = Array(repeating: false, count: nodes.count + 1)
    isRelated[value.index] = true
    for node in nodes[..<value.index].reversed() where isRelated[node.output.index] {
      for input in node.inputs { isRelated[input.index] = true }
    }
    // A value behind `value` depends on it; all that `value` depends on does so by itself.
    var dependsOnIt = Array(repeating: false, count: nodes.count + 1)
    dependsOnIt[value.index] = true
    for node in nodes[value.index...] where node.inputs.contains(where: { dependsOnIt[$0.index] }) {
      dependsOnIt[node.output.index] = true
    }
    return gathering.contains { !isRelated[$0.output.index] && !dependsOnIt[$0.output.index] }
  }

  /// The module around a node, where all that it does behind it is to put its output in another order: to N C H W, or, where the
  /// node is a sum that is no module by itself, to any.
  private func turned(_ node: Node, _ positions: PositionMap) -> String? {
    guard let parent = calls[node.call].parent.map({ calls[$0] }), parent.output != node.output,
      !modules[parent.module].path.isEmpty, let view = positions.view(of: parent.output),
      view.shape == positions.view(of: node.output)?.shape
    else { return nil }
    let isSum = node.operation.parameterCount == 0 && node.inputs.count > 1
    guard view.isPlain || isSum else { return nil }
    var value = parent.output
    while value != node.output {
      guard value.index > node.output.index, let last = producer(value), last.inputs.count == 1,
        last.operation.onlyMovesOrPools
      else { return nil }
      value = last.inputs[0]
    }
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
