import ModelFormats

extension ONNXGraph {
  /// By node, the modules that it stands in as far as the file tells, and what it is called there.
  ///
  /// Nodes that nothing places are called by their operators and numbered, `conv_17`; none gets the name of a module.
  func modulePlaces() -> [ModulePlace] {
    let paths = modulePaths()
    let modules = Set(paths.lazy.compactMap { $0 }.flatMap(\.scopes).map(\.path))
    var counts: [String: Int] = [:]
    return zip(nodes, paths).map { node, path in
      let scopes = (path?.scopes ?? []).filter { !$0.path.isEmpty }.map { scope in
        // `Conv2d` of `torch.nn.modules.conv.Conv2d`.
        let kind = scope.className?.split(separator: ".").last.map(String.init) ?? ""
        return ModuleScope(path: scope.path, kind: kind, call: scope.call)
      }
      let (base, parent) = (node.opType.lowercased(), scopes.last.map { $0.path + "." } ?? "")
      // Inside a module, names are counted anew.
      let key = "\(parent)\(base)"
      var (name, isTaken) = (base, true)
      while isTaken {
        let count = counts[key, default: 0]
        counts[key] = count + 1
        name = count == 0 && path != nil ? base : "\(base)_\(count)"
        isTaken = modules.contains(parent + name)
      }
      return ModulePlace(scopes: scopes, name: name, vanished: path?.vanished)
    }
  }
}
