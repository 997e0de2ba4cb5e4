extension Graph {
  /// The layer to explain where nobody names one, for networks whose architecture is not known: the last module whose output is a
  /// feature map of more than one position, before global pooling or flattening, and that is no pooling itself.
  ///
  /// - Parameter shapes: of all values.
  /// - Returns: nil where the network has no feature map.
  func defaultLayer(_ shapes: [Value: Shape]) -> (path: String, reason: String)? {
    let leading = ancestorsOfOutput()
    let last = nodes.last { node in
      guard leading.contains(node.output), let shape = shapes[node.output], shape.isFeatureMap else { return false }
      return shape.h * shape.w > 1 && !node.operation.isPassedOver
    }
    guard let last else { return nil }
    let path = canonicalPath(modules[calls[last.call].module].path)
    return (path, "the last feature map before pooling or flattening")
  }

  private func ancestorsOfOutput() -> Set<Value> {
    var found: Set<Value> = [output]
    for node in nodes.reversed() where found.contains(node.output) { found.formUnion(node.inputs) }
    return found
  }
}

extension Operation {
  /// Whether the operation only condenses or moves what was found before it.
  fileprivate var isPassedOver: Bool {
    switch self {
    case is MaxPool2d, is AvgPool2d, is AdaptiveAvgPool2d, is GlobalMaxPool, is LpPool2d, is Identity, is Reshape,
      is Transpose, is Flatten, is Slice, is Pad:
      true
    default: false
    }
  }
}
