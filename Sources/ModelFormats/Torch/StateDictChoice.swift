/// The dictionaries of tensors that a checkpoint holds, and which of them is the network.
struct StateDictChoice {
  typealias Entries = [(key: String, value: PickleValue)]

  /// What was chosen.
  let entries: Entries
  /// Its key; nil where it is the file's own dictionary.
  let taken: String?
  /// Keys of others that may be a network as well.
  let others: [String]
  /// Whether `wanted` is a key of the file, so that nobody else has to look for it.
  let isWanted: Bool

  /// Keys under which training scripts keep the state dict, the likeliest first.
  private static let usualKeys = ["state_dict", "model_state_dict", "model", "net"]

  /// A dictionary of tensors and where it is: `state_dict`, or `ema.shadow` for one inside another.
  private struct Candidate {
    let key: String
    let entries: Entries
    let tensorCount: Int
  }

  /// - Parameter wanted: the key that the user says; one that the file has not is left to whoever knows its tensors.
  /// - Throws: `InputError` without a subject: no state dict, or several of which none is likelier.
  init(in contents: TorchContents, wanted: String?) throws(InputError) {
    let root = contents.pickle.root
    guard let entries = contents.pickle.entries(root) else {
      let what = contents.isTensor(root) ? "a single tensor" : "no dictionary"
      throw InputError("", "holds \(what), not a state dict", remedy: .saveWeights)
    }
    let candidates = Self.candidates(among: entries, in: contents)
    let ownCount = entries.count { contents.isTensor($0.value) }
    if let wanted, let found = candidates.first(where: { $0.key == wanted }) {
      self.init(found, among: [], isWanted: true)
    } else if let found = try Self.usual(candidates) {
      self.init(found, among: candidates, isWanted: false)
    } else if ownCount * 2 > entries.count || candidates.isEmpty && ownCount > 0 {
      let own = Candidate(key: "", entries: entries, tensorCount: ownCount)
      self.init(own, among: candidates, isWanted: false)
    } else if let only = Self.only(candidates) {
      self.init(only, among: candidates, isWanted: false)
    } else {
      throw Self.refusal(entries, candidates)
    }
  }

  private init(_ taken: Candidate, among candidates: [Candidate], isWanted: Bool) {
    (entries, self.taken, self.isWanted) = (taken.entries, taken.key.isEmpty ? nil : taken.key, isWanted)
    others = candidates.filter { $0.key != taken.key && $0.tensorCount * 2 >= taken.tensorCount }.map(\.key)
  }

  private static func usual(_ candidates: [Candidate]) throws(InputError) -> Candidate? {
    for key in usualKeys {
      let found = candidates.filter { $0.key == key }
      guard found.count < 2 else { throw InputError("", "is damaged: it has \(key) twice") }
      if let found = found.first { return found }
    }
    return nil
  }

  /// The only dictionary, or the only one that is no average of another.
  private static func only(_ candidates: [Candidate]) -> Candidate? {
    if candidates.count == 1 { return candidates[0] }
    let plain = candidates.filter { !NetworkRole.isCopy($0.key) }
    return plain.count == 1 ? plain[0] : nil
  }

  /// Dictionaries of tensors in the file's own, or in one of those.
  private static func candidates(among entries: Entries, in contents: TorchContents) -> [Candidate] {
    // Each dictionary is looked through once, however many names a hostile file gives it.
    var seen: Set<Int> = []
    func look(_ key: String, _ value: PickleValue, isNested: Bool) -> [Candidate] {
      guard case .node(let index) = value, seen.insert(index).inserted, let inner = contents.pickle.entries(value) else {
        return []
      }
      let count = inner.count { contents.isTensor($0.value) }
      if count > 0 { return [Candidate(key: key, entries: inner, tensorCount: count)] }
      return isNested ? [] : inner.flatMap { look("\(key).\($0.key)", $0.value, isNested: true) }
    }
    // An optimizer's numbers lie as deep as the network of a copy that keeps it in a dictionary of its own.
    return entries.flatMap { look($0.key, $0.value, isNested: $0.key.hasPrefix("optim")) }
  }

  private static func refusal(_ entries: Entries, _ candidates: [Candidate]) -> InputError {
    let keys = candidates.isEmpty ? entries.map(\.key) : candidates.map(\.key)
    let shown = keys.prefix(6).map { $0.printable.shortened(to: 30) }.joined(separator: ", ")
    let list = keys.isEmpty ? "nothing" : shown + (keys.count > 6 ? ", …" : "")
    if candidates.isEmpty {
      return InputError("", "holds no tensors; at its top level it has \(list)", remedy: .saveWeightsAlone)
    }
    return InputError(
      "", "holds several state dicts: \(list)",
      remedy: "\(parameter: "state") \(candidates[0].key.printable.shortened(to: 30)), or another of them, chooses")
  }
}
