import ModelFormats

extension ONNXGraph {
  /// The node that makes each value.
  var producers: [String: Int] {
    nodes.enumerated().reduce(into: [:]) { producers, node in
      for name in node.element.outputs where !name.isEmpty { producers[name] = node.offset }
    }
  }

  /// What a value was before it was moved or cast.
  ///
  /// - Parameter known: the answers so far; a file may give every value of a long chain as an output.
  func unmoved(_ output: String, _ producers: [String: Int], _ known: inout [String: String]) -> String {
    var (name, moved) = (output, [String]())
    while known[name] == nil, let node = producers[name].map({ nodes[$0] }), let input = node.inputs.first,
      ["Cast", "Identity", "Squeeze", "Unsqueeze", "Reshape", "Flatten"].contains(node.opType)
    {
      moved.append(name)
      name = input
    }
    let origin = known[name] ?? name
    for name in moved { known[name] = origin }
    return origin
  }
}
