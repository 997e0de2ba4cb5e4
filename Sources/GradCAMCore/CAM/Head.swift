/// What lies between a layer and the place where scores are read, as far as closed forms can use it.
struct Head {
  /// Whether everything passes through the layer, so that the network can go on from its output.
  let isResumable: Bool
  /// Whether scores are affine in what leaves the layer: score(A) = b + Σ G·A with the same G for every A.
  let isAffine: Bool
  /// Whether they are affine piece by piece, so that second derivatives vanish (almost everywhere).
  let isPiecewiseAffine: Bool
  /// Whether they are affine in the channels' means over the positions: the head of the CAM paper.
  let isPooled: Bool

  /// - Parameter shapes: of all values, for `isPooled`; may be empty.
  /// - Returns: nil where there is no such layer, or scores are read before it.
  init?(_ graph: Graph, behind path: String, shapes: [Value: Shape], at point: Session.ScorePoint) {
    guard let start = graph.lastCall(path)?.output else { return nil }
    var (needed, open, passesBy, meets) = (Set<Int>(), [graph.value(at: point)], false, false)
    while let value = open.popLast() {
      if value == start {
        meets = true
      } else if let node = graph.producer(value) {
        if needed.insert(value.index - 1).inserted { open += node.inputs }
      } else {
        passesBy = true
      }
    }
    guard meets else { return nil }
    let nodes = needed.sorted().map { graph.nodes[$0] }
    isResumable = !passesBy
    isAffine = isResumable && nodes.allSatisfy(\.operation.isAffine)
    isPiecewiseAffine = isResumable && nodes.allSatisfy { $0.operation.isPiecewiseAffine }
    isPooled = isAffine && Self.isPooled(nodes, from: start, shapes)
  }

  /// Whether a chain of nodes pools over all positions before anything else but convolutions of one position looks at them.
  private static func isPooled(_ nodes: [Node], from start: Value, _ shapes: [Value: Shape]) -> Bool {
    // Whoever asks has made sure that the layer is N C H W.
    guard let source = shapes[start], source.isFeatureMap else { return false }
    var value = start
    for node in nodes {
      guard node.inputs == [value] else { return false }
      if node.operation.averagesPositions(of: source) { return true }
      guard node.operation.keepsPositions else { return false }
      value = node.output
    }
    return false
  }
}
