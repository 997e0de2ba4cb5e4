/// The weights in a file that PyTorch wrote, in any of its formats.
///
/// The file's pickle is read for its data; no code in it is run. The records point into the file.
package struct TorchCheckpoint: Sendable {
  /// What the weights were found in.
  enum Source: Sendable, Hashable {
    /// A dictionary of tensors, as `torch.save(model.state_dict())` writes it.
    case stateDict
    /// A whole pickled module.
    case module
    case torchScript
    case exportedProgram
  }

  /// The tensors of the state dict in its order.
  package let tensors: [TensorRecord]
  /// What the file's dictionary holds of plain data beside the weights: texts, numbers, lists and dictionaries of them.
  package let remarks: [String: PlainValue]
  let source: Source
  /// What a pickled module says of layers without weights.
  let layers: [PlainLayer]
  /// The key of what they are from; nil where it is the file's own dictionary or module.
  let taken: String?
  /// Keys of what may be a network as well, such as a running average of this one.
  let others: [String]
  /// Whether the file has what was asked for.
  let isWanted: Bool

  /// Finds the state dict in `file`: under one of the usual keys, as the file's own dictionary, or as the only
  /// dictionary of tensors in it, which may be a tuple or list as well. A whole module is read like its state dict where its class belongs to a library whose networks are
  /// known. What else the file or the state dict holds is passed over.
  ///
  /// - Parameters:
  ///   - wanted: the key to look under instead; one that the file has not is left to whoever knows the tensors' names.
  ///   - takesAnyModule: whether the weights of a module or program of any class are taken, since the user says what they are.
  /// - Throws: `InputError` without a subject: a damaged file, a module or program of a class that is not known, no state dict or
  ///   several, tensors that are not read.
  package init(_ file: FileBytes, wanted: String? = nil, takesAnyModule: Bool = false) throws(InputError) {
    guard ZipArchive.looksLikeIt(file.bytes) else {
      try self.init(try TorchLegacyStream.read(file), wanted, takesAnyModule: takesAnyModule)
      return
    }
    let archive = try ZipArchive(file)
    if ExportedProgram.looksLikeIt(archive) {
      let entries = TorchWeights.Choice(entries: [], source: .exportedProgram)
      self.init(tensors: try ExportedProgram.tensors(in: archive), remarks: [:], entries)
    } else {
      try self.init(try TorchArchive.read(archive), wanted, takesAnyModule: takesAnyModule)
    }
  }

  /// The state dict that `torch.save` wrote into an archive; whatever else the archive may be, it is not looked for.
  init(saved archive: ZipArchive) throws(InputError) {
    try self.init(try TorchArchive.read(archive), nil, takesAnyModule: false)
  }

  private init(_ contents: TorchContents, _ wanted: String?, takesAnyModule: Bool) throws(InputError) {
    let choice = try TorchWeights(contents, takesAnyModule: takesAnyModule).stateDict(wanted)
    var names: Set<String> = []
    var seen: Set<Int> = []
    var tensors: [TensorRecord] = []
    for (name, value) in choice.entries {
      guard contents.isTensor(value) else {
        // What wraps a tensor may change its numbers.
        if let maker = contents.makerOfTensors(value, &seen) { throw PickleClasses.refusal(of: maker, isModule: false) }
        continue
      }
      guard names.insert(name).inserted else {
        throw InputError("", "is damaged: its state dict has \(name.printable) twice")
      }
      tensors.append(try contents.tensor(name, value))
    }
    self.init(tensors: tensors, remarks: contents.pickle.plainEntries(contents.pickle.root), choice)
  }

  private init(tensors: [TensorRecord], remarks: [String: PlainValue], _ choice: TorchWeights.Choice) {
    (self.tensors, self.remarks, source) = (tensors, remarks, choice.source)
    (taken, others, isWanted, layers) = (choice.taken, choice.others, choice.isWanted, choice.layers)
  }
}
