public import ModelFormats

extension Graph {
  /// The module at `path`; a negative part counts from the last numbered sibling (`layer4.-1`), as in Python.
  ///
  /// - Throws: `InputError` naming the path, the first part of it that is wrong, and the nearest modules.
  func resolve(_ path: String) throws(InputError) -> Int {
    if let module = moduleIndex(path) { return module }
    var known = ""
    for part in path.split(separator: ".", omittingEmptySubsequences: false) {
      let next = known.isEmpty ? String(part) : "\(known).\(part)"
      if !part.isEmpty && moduleIndex(next) != nil {
        known = next
      } else if let negative = Int(part), negative < 0, let child = numberedChild(of: known, beforeLast: ~negative) {
        known = child
      } else {
        throw unknown(path)
      }
    }
    guard let module = moduleIndex(known) else { throw unknown(path) }
    return module
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

  /// The child whose number is by `steps` below the highest.
  private func numberedChild(of parent: String, beforeLast steps: Int) -> String? {
    let prefix = parent.isEmpty ? "" : parent + "."
    let numbers = modulePaths.compactMap { path in
      path.hasPrefix(prefix) ? Int(path.dropFirst(prefix.count)) : nil
    }
    guard let last = numbers.max(), last >= steps else { return nil }
    return "\(prefix)\(last - steps)"
  }

  private func unknown(_ path: String) -> InputError {
    var near = nearest(to: path, among: modulePaths, count: 3)
    if near.isEmpty { near = nearest(to: path, among: modulePaths).map { [$0] } ?? [] }
    let hint: Message = "nearest: \(near.joined(separator: ", ")); 'gradcam inspect' lists all"
    return InputError("\(path)", "is no module of this network", remedy: hint)
  }

  /// How records spell the layer at `path`: of all modules whose value is the same, the longest path that has children,
  /// else the longest.
  public func canonicalPath(_ path: String) -> String {
    guard let call = lastCall(path) else { return path }
    let aliases = modules.filter { module in
      !module.path.isEmpty && module.calls.last.map { calls[$0].output == call.output } ?? false
    }
    let blocks = aliases.filter(\.hasChildren)
    return (blocks.isEmpty ? aliases : blocks).map(\.path).max { $0.utf8.count < $1.utf8.count } ?? path
  }
}
