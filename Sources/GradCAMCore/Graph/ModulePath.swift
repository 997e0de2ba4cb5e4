public import ModelFormats

extension Graph {
  /// The module at `path`; a negative part counts from the end of the modules around it (`layer4.-1`), as in Python.
  ///
  /// - Throws: `InputError` naming the path, the first part of it that is wrong, and the nearest modules.
  func resolve(_ path: String) throws(InputError) -> Int {
    if let module = moduleIndex(path) { return module }
    var known = ""
    for part in path.split(separator: ".", omittingEmptySubsequences: false) {
      if let negative = Int(part), negative < 0 {
        known = try child(of: known, beforeLast: ~negative, path)
      } else {
        guard !part.isEmpty else { throw unknown(path, path) }
        known = known.isEmpty ? String(part) : "\(known).\(part)"
      }
    }
    if let module = moduleIndex(known) { return module }
    throw unknown(path, known)
  }

  /// The path, spelled in full, of the module that a user names as the layer.
  ///
  /// - Throws: `InputError` about `layer`.
  public func resolveOption(_ path: String) throws(InputError) -> String {
    do {
      return modules[try resolve(path)].path
    } catch {
      throw InputError(.layer, "'\(path)' \(error.problem)", remedy: error.remedy)
    }
  }

  /// The path of the child that stands `steps` before the last: by the children's numbers, whatever a file left out between them; in
  /// a Sequential without numbers, by their order. The parent may be a list that no call passes through.
  private func child(of parent: String, beforeLast steps: Int, _ path: String) throws(InputError) -> String {
    let prefix = parent.isEmpty ? "" : parent + "."
    let names = childNames(below: prefix)
    let lost = modules.compactMap { $0.vanished.flatMap { $0.hasPrefix(prefix) ? $0.dropFirst(prefix.count) : nil } }
    let numbers = (names + lost).compactMap { Int($0) }.filter { $0 >= 0 }
    if let last = numbers.max() {
      // What was folded in may have had the next number, or none here.
      if let folded = modules.first(where: { $0.vanished == "\(prefix)\(last)" }) {
        throw InputError(
          "\(path)", "counts from an end that the file lost: what followed \(prefix)\(last) is folded into it",
          remedy: "\(folded.path)")
      }
      guard last >= steps else { throw unknown(path, path) }
      return "\(prefix)\(last - steps)"
    }
    let isSequential = moduleIndex(parent).map { modules[$0].kind == "Sequential" } ?? false
    guard isSequential, lost.isEmpty, names.count > steps else { throw unknown(path, path) }
    return prefix + names[names.count - 1 - steps]
  }

  /// What stands behind `prefix` in paths, up to the next dot, in the order it first runs.
  private func childNames(below prefix: String) -> [Substring] {
    var seen: Set<Substring> = []
    return modulePaths.compactMap { path in
      guard path.hasPrefix(prefix) else { return nil }
      let name = path.dropFirst(prefix.count).prefix { $0 != "." }
      return seen.insert(name).inserted ? name : nil
    }
  }

  /// - Parameter found: `path` with its negative parts counted.
  private func unknown(_ path: String, _ found: String) -> InputError {
    if let folded = modules.first(where: { $0.vanished == found }) {
      return InputError(
        "\(path)", "is in the file only with what followed it, such as a batch norm, folded in",
        remedy: "\(folded.path) is what both give")
    }
    let near = nearest(to: found, among: modulePaths, count: 3)
    let guess = near.isEmpty ? "" : "nearest: \(near.joined(separator: ", ")); "
    let hint: Message = "\(guess)'gradcam inspect' lists all"
    return InputError("\(path)", "is no module of this network", remedy: hint)
  }

  /// How records spell the layer at `path`: of all modules whose value is the same, the longest path that has children,
  /// else the longest. What an export lost may lie in a block or behind it: then it is spelled as it was asked for.
  func canonicalPath(_ path: String) -> String {
    guard let call = lastCall(path), foldedEnd(of: call.output) == nil else { return path }
    return capturedPath(call.output) ?? path
  }

  /// How records spell the layer that is captured as `value`; nil where that is only an earlier run of a module.
  func capturedPath(_ value: Value) -> String? {
    if let folded = foldedEnd(of: value) { return folded }
    let aliases = modules(endingIn: value)
    let blocks = aliases.filter(\.hasChildren)
    return (blocks.isEmpty ? aliases : blocks).map(\.path).max { $0.utf8.count < $1.utf8.count }
  }

  /// The path of the node that gives `value` with what followed it folded in; nil where it gives its module's own.
  private func foldedEnd(of value: Value) -> String? {
    modules(endingIn: value).first { !$0.hasChildren && $0.isFolded }?.path
  }

  /// What is not certain of the layer at `path`: a batch norm that an export folded in may be the layer's last part, or stand behind it.
  func doubt(about path: String) -> Message? {
    guard let module = moduleIndex(path), let call = modules[module].calls.last, !modules[module].isFolded,
      let end = foldedEnd(of: calls[call].output)
    else { return nil }
    return """
      \(path) ends in \(end), into which the export folded what followed, such as a batch norm: where that is not in \(path), \
      the map is not \(path)'s own
      """
  }
}
