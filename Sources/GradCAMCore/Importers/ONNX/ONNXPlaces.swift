import ModelFormats

extension ONNXGraph {
  /// By node, the modules that it stands in as far as the file tells, and what it is called there.
  ///
  /// Nodes that nothing places are called by their operators and numbered, `conv_17`.
  func modulePlaces() -> [(scopes: [ModuleScope], name: String)] {
    var counts: [String: Int] = [:]
    return zip(nodes, modulePaths()).map { node, path in
      let scopes = (path?.scopes ?? []).filter { !$0.path.isEmpty }.map { scope in
        // `Conv2d` of `torch.nn.modules.conv.Conv2d`.
        let kind = scope.className?.split(separator: ".").last.map(String.init) ?? ""
        return ModuleScope(path: scope.path, kind: kind, call: scope.call)
      }
      // Inside a module, names are counted anew.
      let base = node.opType.lowercased()
      let key = "\(scopes.last?.path ?? "")/\(base)"
      let count = counts[key, default: 0]
      counts[key] = count + 1
      return (scopes, count == 0 && path != nil ? base : "\(base)_\(count)")
    }
  }
}
