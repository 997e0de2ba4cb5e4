import ModelFormats

/// Where an ONNX graph's nodes stand among modules, as far as the file tells.
///
/// Nodes that nothing places are called by their operators and numbered, `conv_17`.
struct ONNXPlaces {
  private var places: [(scopes: [ModuleScope], name: String)] = []

  init(_ graph: ONNXGraph) {
    var counts: [String: Int] = [:]
    for (node, path) in zip(graph.nodes, graph.modulePaths()) {
      let scopes = (path?.scopes ?? []).filter { !$0.path.isEmpty }.map { scope in
        ModuleScope(path: scope.path, kind: scope.className.map(Self.shortName) ?? "", call: scope.call)
      }
      // Inside a module, names are counted anew.
      let base = node.opType.lowercased()
      let key = "\(scopes.last?.path ?? "")/\(base)"
      let count = counts[key, default: 0]
      counts[key] = count + 1
      places.append((scopes, count == 0 && path != nil ? base : "\(base)_\(count)"))
    }
  }

  subscript(index: Int) -> (scopes: [ModuleScope], name: String) { places[index] }

  /// `Conv2d` of `torch.nn.modules.conv.Conv2d`.
  private static func shortName(_ className: String) -> String {
    className.split(separator: ".").last.map(String.init) ?? ""
  }
}
