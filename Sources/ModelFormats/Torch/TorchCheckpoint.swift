/// The weights in a file that `torch.save` wrote, in either of its formats.
///
/// The file's pickle is read for its data; no code in it is run. The records point into the file.
package struct TorchCheckpoint: Sendable {
  /// The tensors of the state dict in its order.
  package let tensors: [TensorRecord]
  /// What the file's dictionary holds of plain data beside the weights: texts, numbers, lists and dictionaries of them.
  package let remarks: [String: PlainValue]

  /// Keys under which training scripts keep the state dict, the likeliest first.
  private static let usualKeys = ["state_dict", "model_state_dict", "model", "net"]

  /// Finds the state dict in `file`: under one of the usual keys, as the file's own dictionary, or as the only
  /// dictionary of tensors in it. What else the file or the state dict holds is passed over.
  ///
  /// - Throws: `InputError` without a subject: a damaged file, a file that asks for code to be run (a whole pickled
  ///   module, a TorchScript program), no state dict or several, tensors that are not read.
  package init(_ file: FileBytes) throws(InputError) {
    let contents =
      ZipArchive.looksLikeIt(file.bytes) ? try TorchArchive.read(file) : try TorchLegacyStream.read(file)
    var names: Set<String> = []
    var tensors: [TensorRecord] = []
    for (name, value) in try Self.stateDict(in: contents) where contents.isTensor(value) {
      guard names.insert(name).inserted else {
        throw InputError("", "is damaged: its state dict has \(name.printable) twice")
      }
      tensors.append(try contents.tensor(name, value))
    }
    self.tensors = tensors
    remarks = contents.pickle.plainEntries(contents.pickle.root)
  }

  private typealias Entries = [(key: String, value: PickleValue)]

  private static func stateDict(in contents: TorchContents) throws(InputError) -> Entries {
    let root = contents.pickle.root
    guard let entries = contents.pickle.entries(root) else {
      let what = contents.isTensor(root) ? "a single tensor" : "no dictionary"
      throw InputError("", "holds \(what), not a state dict", remedy: .saveWeights)
    }
    let nested = dictionariesOfTensors(among: entries, in: contents)
    for key in usualKeys {
      let found = nested.filter { $0.key == key }
      guard found.count < 2 else { throw InputError("", "is damaged: it has \(key) twice") }
      if let found = found.first { return contents.pickle.entries(found.value) ?? [] }
    }
    let tensorCount = entries.count { contents.isTensor($0.value) }
    if tensorCount * 2 > entries.count { return entries }
    if nested.count == 1 { return contents.pickle.entries(nested[0].value) ?? [] }
    if nested.isEmpty, tensorCount > 0 { return entries }
    let keys = (nested.isEmpty ? entries : nested).prefix(12).map(\.key.printable)
    let list = keys.isEmpty ? "nothing" : keys.joined(separator: ", ")
    throw InputError(
      "", nested.isEmpty ? "holds no tensors; at its top level it has \(list)" : "holds several state dicts: \(list)",
      remedy: .saveWeightsAlone)
  }

  private static func dictionariesOfTensors(among entries: Entries, in contents: TorchContents) -> Entries {
    // Each dictionary is looked through once, however many names a hostile file gives it.
    var seen: Set<Int> = []
    return entries.filter { _, value in
      guard case .node(let index) = value, seen.insert(index).inserted else { return false }
      return contents.pickle.entries(value)?.contains { contents.isTensor($0.value) } ?? false
    }
  }
}
