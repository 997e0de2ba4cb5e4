import ModelFormats

extension Graph {
  /// The layer to explain where nobody names one, for networks whose architecture is not known: the last module whose output is a
  /// feature map that the output depends on, before global pooling, flattening or the last attention, and that is no pooling itself.
  ///
  /// - Returns: nil where the network has no feature map. `doubt` is the node through which later features could not be followed:
  ///   the layer may then be far from the last one.
  func defaultLayer(_ positions: PositionMap) -> (path: String, reason: String, doubt: Int?)? {
    var lost: Int?
    for node in nodes.reversed() where !node.operation.onlyMovesOrPools {
      if case .lost(let cause) = positions.standing(of: node.output), positions.isLost(node.output) { lost = cause }
      guard let view = positions.view(of: node.output), positions.isWhole(node.output) else { continue }
      let path = canonicalPath(path(of: node))
      let isToken = !view.isPlain && view.own.rank == 3
      let place = isToken ? "the last tokens whose places all count" : "the last feature map before pooling or flattening"
      return (path, place, lost)
    }
    return nil
  }

  /// A complaint about a network without a default layer.
  func noFeatureMap(_ positions: PositionMap) -> InputError {
    let problem = "has no feature map of more than one position"
    for node in nodes {
      guard case .lost(let cause) = positions.standing(of: node.output) else { continue }
      let (path, kind) = (path(of: nodes[cause]), nodes[cause].operation.kind)
      return InputError(
        "", "\(problem) that is known: rows and columns cannot be followed through \(path) (\(kind))",
        remedy: "a convolutional network")
    }
    return InputError("", "\(problem)", remedy: "a convolutional network")
  }
}
