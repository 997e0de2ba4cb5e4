import ModelFormats

extension Graph {
  /// The layer to explain where nobody names one, for networks whose architecture is not known: the last module whose output is a
  /// feature map that the output depends on, before global pooling, flattening or the last attention, and that is no pooling itself.
  ///
  /// - Returns: nil where the network has no feature map. With a `doubt` the layer may be far from the last one.
  func defaultLayer(_ positions: PositionMap) -> (path: String, reason: String, doubt: Message?)? {
    var lost: Int?
    var (besides, oneWay) = (String?.none, (value: Value, path: String)?.none)
    for node in nodes.reversed() where !positions.onlyMovesOrPools(node) {
      if case .lost(let cause) = positions.standing(of: node.output), positions.isLost(node.output) { lost = cause }
      guard let (view, path) = candidate(node, positions) else { continue }
      guard isWhole(node, view, path, positions) else {
        besides = besides ?? path
        continue
      }
      guard ways(beside: [node.output], positions).isEmpty else {
        oneWay = oneWay ?? (node.output, path)
        continue
      }
      let isOfTokens = !view.isPlain && view.own.rank == 3
      let reason =
        isOfTokens
        ? "the last layer through which every patch reaches the output"
        : "the last feature map before pooling or flattening"
      return (path, reason, lost.map { "tokens or cells of its later layers cannot be followed through \(name($0))" })
    }
    if let oneWay {
      let other = layer(beside: [oneWay.value], positions)
      let end = other.map { "that of another is \($0)" } ?? "others reach the output beside it"
      return (oneWay.path, "the last layer of one branch of patches; \(end)", nil)
    }
    let doubt: Message = "patches reach the output on several ways beside each other"
    return besides.map { ($0, "the last feature map", doubt) }
  }

  /// What leaves a node as a feature map, and the layer that it is; nil for none.
  private func candidate(_ node: Node, _ positions: PositionMap) -> (view: GridView, path: String)? {
    guard let view = positions.view(of: node.output), let own = capturedPath(node.output) else { return nil }
    return (view, turned(node, positions).map(canonicalPath) ?? own)
  }

  /// Whether the picture goes through a layer as a whole.
  ///
  /// Tokens beside the way of all others, as the weights of a pooling, say little. A sum of tokens that is no module's output is nothing
  /// that a hook in PyTorch could reach.
  private func isWhole(_ node: Node, _ view: GridView, _ path: String, _ positions: PositionMap) -> Bool {
    guard positions.isWhole(node.output) else { return false }
    return view.isPlain || positions.isOnlyWay(node.output) && !isBareSum(node, path)
  }

  /// The last layer on a way of patches to the output beside all of `values`; nil where there is none.
  func layer(beside values: [Value], _ positions: PositionMap) -> String? {
    guard let way = ways(beside: values, positions).last else { return nil }
    let along = positions.traced(self, from: way)
    for node in nodes[..<way.index].reversed() where !along.onlyMovesOrPools(node) {
      guard let (view, path) = candidate(node, along), isWhole(node, view, path, along) else { continue }
      return path
    }
    return nil
  }

  /// Whether a node is a sum or product by a function of the network itself, outside all of its modules.
  private func isBareSum(_ node: Node, _ path: String) -> Bool {
    node.operation.parameterCount == 0 && node.inputs.count > 1 && !path.contains(".")
  }

  /// The values in which special tokens sum up places of the picture for the output on ways that none of `values` lies on, as in
  /// networks that cut the picture into patches twice (CrossViT): maps at `values` show the share of other ways alone.
  func ways(beside values: [Value], _ positions: PositionMap) -> [Value] {
    guard positions.hasTokens else { return [] }
    let gathering = nodes.filter(positions.gathersPlaces)
    guard gathering.count > 1 else { return [] }
    var isRelated = Array(repeating: false, count: nodes.count + 1)
    for value in values { isRelated[value.index] = true }
    // A value behind one of `values` depends on it; all that these depend on does so by itself.
    var dependsOnThem = isRelated
    for node in nodes.reversed() where isRelated[node.output.index] {
      for input in node.inputs { isRelated[input.index] = true }
    }
    for node in nodes where node.inputs.contains(where: { dependsOnThem[$0.index] }) {
      dependsOnThem[node.output.index] = true
    }
    return gathering.map(\.output).filter { !isRelated[$0.index] && !dependsOnThem[$0.index] }
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
