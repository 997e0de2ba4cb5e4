/// Looks for the weights among all that a checkpoint holds.
struct TorchWeights {
  typealias Entries = [(key: String, value: PickleValue)]

  private let contents: TorchContents
  private let takesAnyModule: Bool

  /// Keys under which training scripts keep the state dict, the likeliest first.
  private static let usualKeys = ["state_dict", "model_state_dict", "model", "net"]

  /// - Parameter takesAnyModule: whether the weights of a module of any class are taken.
  init(_ contents: TorchContents, takesAnyModule: Bool) {
    (self.contents, self.takesAnyModule) = (contents, takesAnyModule)
  }

  /// The state dict under one of the usual keys, the file's own dictionary, or the only dictionary of tensors in it.
  ///
  /// - Throws: `InputError` without a subject: no state dict or several, a module of a class that is not known.
  func stateDict() throws(InputError) -> (Entries, TorchCheckpoint.Source) {
    let root = contents.pickle.root
    guard let entries = contents.pickle.entries(root) else { return try wholeModule(root) }
    let nested = try weights(among: entries)
    for key in Self.usualKeys {
      let found = nested.filter { $0.key == key }
      guard found.count < 2 else { throw InputError("", "is damaged: it has \(key) twice") }
      if let found = found.first { return (found.entries, found.source) }
    }
    let tensorCount = entries.count { contents.isTensor($0.value) }
    if tensorCount * 2 > entries.count { return (entries, .stateDict) }
    if nested.count == 1 { return (nested[0].entries, nested[0].source) }
    if nested.isEmpty, tensorCount > 0 { return (entries, .stateDict) }
    throw nested.isEmpty ? nothing(in: entries) : several(nested.map(\.key))
  }

  private func wholeModule(_ root: PickleValue) throws(InputError) -> (Entries, TorchCheckpoint.Source) {
    guard let module = PickledModule(root, in: contents) else {
      if let maker = contents.pickle.node(root)?.maker, !contents.isTensor(root) {
        throw PickleClasses.refusal(of: maker, isModule: false)
      }
      let what = contents.isTensor(root) ? "a single tensor" : "no dictionary"
      throw InputError("", "holds \(what), not a state dict", remedy: .saveWeights)
    }
    guard takesAnyModule || module.isOfKnownLibrary else { throw module.refusal }
    return (try module.stateDict(), module.source)
  }

  private typealias Found = (key: String, entries: Entries, source: TorchCheckpoint.Source)

  /// The dictionaries of tensors and the modules whose weights are taken.
  private func weights(among entries: Entries) throws(InputError) -> [Found] {
    // Each is looked through once, however many names a hostile file gives it.
    var seen: Set<Int> = []
    var found: [Found] = []
    for (key, value) in entries {
      guard case .node(let index) = value, seen.insert(index).inserted else { continue }
      if let inner = contents.pickle.entries(value) {
        if inner.contains(where: { contents.isTensor($0.value) }) { found.append((key, inner, .stateDict)) }
      } else if let module = PickledModule(value, in: contents), takesAnyModule || module.isOfKnownLibrary {
        found.append((key, try module.stateDict(), module.source))
      }
    }
    return found
  }

  /// What stands in the way where no weights are found.
  private func nothing(in entries: Entries) -> InputError {
    let modules = entries.lazy.compactMap { PickledModule($0.value, in: contents) }
    if let module = modules.first { return module.refusal }
    for key in Self.usualKeys {
      guard let value = entries.first(where: { $0.key == key })?.value, let maker = contents.pickle.node(value)?.maker
      else { continue }
      return PickleClasses.refusal(of: maker, isModule: false)
    }
    return InputError(
      "", "holds no tensors; at its top level it has \(Self.list(entries.map(\.key)))", remedy: .saveWeightsAlone)
  }

  private func several(_ keys: [String]) -> InputError {
    InputError("", "holds several state dicts: \(Self.list(keys))", remedy: .saveWeightsAlone)
  }

  private static func list(_ keys: [String]) -> String {
    keys.isEmpty ? "nothing" : keys.prefix(12).map(\.printable).joined(separator: ", ")
  }
}
