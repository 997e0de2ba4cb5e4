/// Looks for the weights among all that a checkpoint holds.
struct TorchWeights {
  typealias Entries = [(key: String, value: PickleValue)]

  private let contents: TorchContents
  private let takesAnyModule: Bool
  private let budget = PickledModule.Budget()

  /// Keys under which training scripts keep the state dict, the likeliest first.
  private static let usualKeys = ["state_dict", "model_state_dict", "model", "net"]

  /// Tensors that a network has at least, and those that the smallest known ones have.
  private static let (fewest, usualFewest) = (4, 16)

  /// - Parameter takesAnyModule: whether the weights of a module of any class are taken.
  init(_ contents: TorchContents, takesAnyModule: Bool) {
    (self.contents, self.takesAnyModule) = (contents, takesAnyModule)
  }

  /// The weights that are taken.
  struct Choice {
    var entries: Entries
    var source: TorchCheckpoint.Source
    /// What a pickled module says of layers without weights.
    var layers: [PlainLayer] = []
    /// Their key; nil for the file's own dictionary or module.
    var taken: String?
    /// Keys of others that may be a network as well.
    var others: [String] = []
    /// Whether they are what was asked for.
    var isWanted = false
  }

  /// The state dict under one of the usual keys, the file's own dictionary, or the only dictionary of tensors in it that is no average
  /// of another.
  ///
  /// - Parameter wanted: the key that the user says; one that the file has not is left to whoever knows the tensors' names.
  /// - Throws: `InputError` without a subject: no state dict or several, a module of a class that is not known.
  func stateDict(_ wanted: String?) throws(InputError) -> Choice {
    let root = contents.pickle.root
    let own = contents.pickle.entries(root)
    guard let entries = own ?? numbered(root) else { return try wholeModule(root) }
    var nested = try weights(among: entries)
    if own == nil {
      // Such as losses and accuracies, which may be tensors.
      let most = nested.map(count).max() ?? 0
      nested = nested.filter { count($0) >= min(most, Self.fewest) }
    }
    if let wanted {
      let inside = nested.filter { $0.key.hasPrefix("\(wanted).") }
      if let found = nested.first(where: { $0.key == wanted }) ?? (inside.count == 1 ? inside.first : nil) {
        return choice(found, among: [], isWanted: true)
      }
      let value = entries.first { $0.key == wanted }?.value
      if let module = value.flatMap({ PickledModule($0, in: contents) }) { throw module.refusal }
    }
    for key in Self.usualKeys {
      let found = nested.filter { $0.key == key }
      guard found.count < 2 else { throw InputError("", "is damaged: it has \(key) twice") }
      if let found = found.first { return choice(found, among: nested) }
    }
    let tensorCount = entries.count { contents.isTensor($0.value) }
    if own != nil, tensorCount * 2 > entries.count || nested.isEmpty && tensorCount > 0 {
      let others = nested.filter { mayBeNetwork($0, beside: tensorCount) }.map(\.key)
      return Choice(entries: entries, source: .stateDict, others: others)
    }
    let plain = nested.count == 1 ? nested : nested.filter { !NetworkRole.isCopy($0.key) }
    if plain.count == 1 { return choice(plain[0], among: nested) }
    throw nested.isEmpty ? nothing(in: entries) : several(nested.map(\.key))
  }

  private func choice(_ taken: Found, among found: [Found], isWanted: Bool = false) -> Choice {
    let own = count(taken)
    let others = found.filter { $0.key != taken.key && mayBeNetwork($0, beside: own) }.map(\.key)
    return Choice(
      entries: taken.entries, source: taken.source, layers: taken.layers, taken: taken.key, others: others,
      isWanted: isWanted)
  }

  /// Whether a dictionary has enough tensors for a network, or half of those of the one that is taken.
  private func mayBeNetwork(_ found: Found, beside count: Int) -> Bool {
    self.count(found) >= min(Self.usualFewest, (count + 1) / 2)
  }

  /// What stands in a tuple or list beside others, as in `torch.save((model.state_dict(), epoch))`, by its place from 1 on; nil where
  /// nothing in it may be a network.
  private func numbered(_ root: PickleValue) -> Entries? {
    guard let elements = contents.pickle.elements(root), elements.count <= 64,
      elements.contains(where: { contents.pickle.entries($0) != nil || PickledModule($0, in: contents) != nil })
    else { return nil }
    return elements.enumerated().map { ("\($0.offset + 1)", $0.element) }
  }

  private func count(_ found: Found) -> Int { found.entries.count { contents.isTensor($0.value) } }

  private func wholeModule(_ root: PickleValue) throws(InputError) -> Choice {
    guard let module = PickledModule(root, in: contents) else {
      if let maker = contents.pickle.node(root)?.maker, !contents.isTensor(root) {
        throw PickleClasses.refusal(of: maker, isModule: false)
      }
      let what = contents.isTensor(root) ? "a single tensor" : "no dictionary"
      throw InputError("", "holds \(what), not a state dict", remedy: .saveWeights)
    }
    guard takesAnyModule || module.isOfKnownLibrary else { throw module.refusal }
    let (entries, layers) = try module.stateDict(budget)
    if module.isScript, entries.isEmpty {
      throw InputError(
        "", "is a frozen TorchScript program, whose weights are a part of its code", remedy: .exportByHelp)
    }
    return Choice(entries: entries, source: module.source, layers: layers)
  }

  private typealias Found = (key: String, entries: Entries, layers: [PlainLayer], source: TorchCheckpoint.Source)

  /// The dictionaries of tensors and the modules whose weights are taken, in the file's dictionary or in one of those: `ema.shadow`.
  private func weights(among entries: Entries) throws(InputError) -> [Found] {
    // Each is looked through once, however many names a hostile file gives it.
    var seen: Set<Int> = []
    var found: [Found] = []
    func look(_ key: String, _ value: PickleValue, isInside: Bool) throws(InputError) {
      guard case .node(let index) = value, seen.insert(index).inserted else { return }
      if let inner = contents.pickle.entries(value) {
        if inner.contains(where: { contents.isTensor($0.value) }) {
          found.append((key, inner, [], .stateDict))
        } else if !isInside {
          for (name, value) in inner { try look("\(key).\(name)", value, isInside: true) }
        }
      } else if let module = PickledModule(value, in: contents), takesAnyModule || module.isOfKnownLibrary {
        let (entries, layers) = try module.stateDict(budget)
        found.append((key, entries, layers, module.source))
      }
    }
    // What an optimizer keeps of each weight is no network.
    for (key, value) in entries { try look(key, value, isInside: key.hasPrefix("optim")) }
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
    let first = keys.first?.brief(30) ?? ""
    return InputError(
      "", "holds several state dicts: \(Self.list(keys))",
      remedy: "\(parameter: "state") \(first), or another of them, chooses")
  }

  private static func list(_ keys: [String]) -> String {
    keys.isEmpty ? "nothing" : keys.lazy.map { $0.brief(30) }.listed(6)
  }
}
