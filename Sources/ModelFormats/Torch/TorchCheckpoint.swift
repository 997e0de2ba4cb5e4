/// The weights in a file that `torch.save` wrote, in either of its formats.
///
/// The file's pickle is read for its data; no code in it is run. The records point into the file.
package struct TorchCheckpoint: Sendable {
  /// The tensors of the state dict in its order.
  package let tensors: [TensorRecord]
  /// What the file's dictionary holds of plain data beside the weights: texts, numbers, lists and dictionaries of them.
  package let remarks: [String: PlainValue]

  /// The key of the dictionary that they are from; nil where it is the file's own.
  package let taken: String?
  /// Keys of dictionaries that may be a network as well, such as a running average of this one.
  package let others: [String]
  /// Whether the file has the dictionary that was asked for.
  package let isWanted: Bool

  /// Finds the state dict in `file`: under one of the usual keys, as the file's own dictionary, or as the only
  /// dictionary of tensors in it. What else the file or the state dict holds is passed over.
  ///
  /// - Parameter wanted: the key to look under instead.
  /// - Throws: `InputError` without a subject: a damaged file, a file that asks for code to be run (a whole pickled
  ///   module, a TorchScript program), no state dict or several, tensors that are not read.
  package init(_ file: FileBytes, wanted: String? = nil) throws(InputError) {
    let contents =
      ZipArchive.looksLikeIt(file.bytes) ? try TorchArchive.read(file) : try TorchLegacyStream.read(file)
    var names: Set<String> = []
    var tensors: [TensorRecord] = []
    let choice = try StateDictChoice(in: contents, wanted: wanted)
    for (name, value) in choice.entries where contents.isTensor(value) {
      guard names.insert(name).inserted else {
        throw InputError("", "is damaged: its state dict has \(name.printable) twice")
      }
      tensors.append(try contents.tensor(name, value))
    }
    self.tensors = tensors
    (taken, others, isWanted) = (choice.taken, choice.others, choice.isWanted)
    remarks = contents.pickle.plainEntries(contents.pickle.root)
  }
}
