/// A network's weights by name, from any of the files that hold them.
package struct StateDict: Sendable {
  package enum Format: Sendable, Hashable {
    case safetensors
    /// What `torch.save` writes since PyTorch 1.6.
    case torchZip
    /// What `torch.save` wrote before.
    case torchLegacy
    /// A whole module that `torch.save` pickled.
    case torchModule
    case torchScript
    /// What `torch.export.save` writes.
    case exportedProgram
  }

  /// The tensors in the file's order, under names without the prefixes that wrappers of modules add.
  package let tensors: [TensorRecord]
  /// What a safetensors file says beside its tensors; other formats have nothing of the kind.
  package let metadata: [String: String]
  /// What any format says beside its tensors.
  package let remarks: [String: PlainValue]
  package let format: Format
  /// The key of the checkpoint's dictionary that the tensors are from; nil where the file has no others.
  package let taken: String?
  /// Keys of the checkpoint's dictionaries that may be a network as well, such as a running average of this one.
  package let others: [String]
  /// Whether the file has a dictionary of the name that was asked for.
  package let isWanted: Bool
  /// What a pickled module says of layers without weights; other files say nothing of them.
  package let layers: [PlainLayer]
  private let indices: [String: Int]

  /// The tensor called `name`.
  package subscript(name: String) -> TensorRecord? { indices[name].map { tensors[$0] } }

  /// Reads `file` as the format that its contents, not its name, tell.
  ///
  /// - Parameters:
  ///   - wanted: the key of the dictionary to read, where a checkpoint has several; nil for the likeliest.
  ///   - takesAnyModule: whether the weights of a module or program of any class are taken; see `TorchCheckpoint`.
  /// - Throws: `InputError` without a subject, that of the format's reader, or one that says what else the file is.
  package static func load(
    _ file: FileBytes, wanted: String? = nil, takesAnyModule: Bool = false
  ) throws(InputError) -> StateDict {
    let bytes = file.bytes
    // Before pickles: the length of a safetensors header may begin with the byte that a pickle does.
    if SafetensorsFile.looksLikeIt(bytes) {
      let contents = try SafetensorsFile(file)
      return try StateDict(
        contents.tensors, metadata: contents.metadata, remarks: contents.metadata.mapValues(PlainValue.string),
        format: .safetensors)
    }
    let isZip = ZipArchive.looksLikeIt(bytes)
    if isZip || bytes.first == PickleOpcode.proto.rawValue {
      let checkpoint: TorchCheckpoint
      do { checkpoint = try TorchCheckpoint(file, wanted: wanted, takesAnyModule: takesAnyModule) } catch {
        throw (isZip ? try ForeignFormat.refusal(of: ZipArchive(file)) : nil) ?? error
      }
      let format: Format =
        switch checkpoint.source {
        case .stateDict: isZip ? .torchZip : .torchLegacy
        case .module: .torchModule
        case .torchScript: .torchScript
        case .exportedProgram: .exportedProgram
        }
      return try StateDict(
        checkpoint.tensors, remarks: checkpoint.remarks, format: format, layers: checkpoint.layers,
        choice: (checkpoint.taken, checkpoint.others, checkpoint.isWanted))
    }
    throw ForeignFormat.refusal(of: bytes)
      ?? InputError(
        "", "is not a model file that gradcam reads",
        remedy: "safetensors files are, and what torch.save(model.state_dict(), 'weights.pth') writes")
  }

  init(
    _ tensors: [TensorRecord], metadata: [String: String] = [:], remarks: [String: PlainValue], format: Format,
    layers: [PlainLayer] = [],
    choice: (taken: String?, others: [String], isWanted: Bool) = (nil, [], false)
  ) throws(InputError) {
    (taken, others, isWanted) = choice
    let count = Self.prefixCount(tensors.map(\.name))
    self.tensors =
      count == 0
      ? tensors
      : try tensors.map { (tensor) throws(InputError) in
        try tensor.named(String(decoding: tensor.name.utf8.dropFirst(count), as: UTF8.self))
      }
    (self.metadata, self.remarks, self.format, self.layers) = (metadata, remarks, format, layers)
    indices = Dictionary(zip(self.tensors.map(\.name), self.tensors.indices)) { first, _ in first }
  }

  /// Bytes of the prefixes that all names carry: `module.` from DataParallel, `model.` from Lightning, `_orig_mod.` from
  /// torch.compile, in any order.
  private static func prefixCount(_ names: [String]) -> Int {
    guard var first = names.first?.utf8[...] else { return 0 }
    var count = 0
    while let prefix = ["module.", "model.", "_orig_mod."].first(where: { first.starts(with: $0.utf8) }) {
      let next = prefix.utf8.count
      let isShared = names.allSatisfy { name in
        name.utf8.count > count + next && name.utf8.dropFirst(count).starts(with: prefix.utf8)
      }
      guard isShared else { break }
      count += next
      first = first.dropFirst(next)
    }
    return count
  }
}
