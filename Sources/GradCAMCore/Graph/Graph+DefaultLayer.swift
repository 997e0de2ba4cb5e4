extension Graph {
  /// The layer to explain where nobody names one, for networks whose architecture is not known: the last module whose output is a
  /// feature map of more than one position, before global pooling or flattening, and that is no pooling itself.
  ///
  /// - Parameter shapes: of all values.
  /// - Returns: nil where the network has no feature map.
  func defaultLayer(_ shapes: [Value: Shape]) -> (path: String, reason: String)? {
    let (leading, spatial) = (ancestorsOfOutput(), spatialValues(shapes))
    let last = nodes.last { node in
      guard leading.contains(node.output), spatial.contains(node.output), capturedPath(node.output) != nil else {
        return false
      }
      return shapes[node.output]?.hasPositions ?? false && !node.operation.onlyMovesOrPools
    }
    guard let path = last.flatMap({ capturedPath($0.output) }) else { return nil }
    return (path, "the last feature map before pooling or flattening")
  }

  private func ancestorsOfOutput() -> Set<Value> {
    var found: Set<Value> = [output]
    for node in nodes.reversed() where found.contains(node.output) { found.formUnion(node.inputs) }
    return found
  }

  /// Values that still tell positions apart. What comes out of a global pooling or a flattening does not, whatever its shape
  /// becomes later: channels moved to the last axis look like columns.
  private func spatialValues(_ shapes: [Value: Shape]) -> Set<Value> {
    var spatial: Set<Value> = [input]
    for node in nodes {
      guard let shape = shapes[node.output] else { continue }
      let isCondensed = shape.rank < 3 || shape.isFeatureMap && !shape.hasPositions
      if !isCondensed && node.inputs.contains(where: spatial.contains) { spatial.insert(node.output) }
    }
    return spatial
  }
}
