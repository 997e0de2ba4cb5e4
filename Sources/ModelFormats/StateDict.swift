/// A network's weights by name, from any of the files that hold them.
package struct StateDict: Sendable {
  package enum Format: Sendable, Hashable {
    case safetensors
    /// What `torch.save` writes since PyTorch 1.6.
    case torchZip
    /// What `torch.save` wrote before.
    case torchLegacy
  }

  /// The tensors in the file's order, under names without the prefixes that wrappers of modules add.
  package let tensors: [TensorRecord]
  /// What a safetensors file says beside its tensors; other formats have nothing of the kind.
  package let metadata: [String: String]
  /// What any format says beside its tensors.
  package let remarks: [String: PlainValue]
  package let format: Format
  private let indices: [String: Int]

  /// The tensor called `name`.
  package subscript(name: String) -> TensorRecord? { indices[name].map { tensors[$0] } }

  /// Reads `file` as the format that its contents, not its name, tell.
  ///
  /// - Throws: `InputError` without a subject, that of the format's reader, or one that says what else the file is.
  package static func load(_ file: FileBytes) throws(InputError) -> StateDict {
    let bytes = file.bytes
    // Before pickles: the length of a safetensors header may begin with the byte that a pickle does.
    if SafetensorsFile.looksLikeIt(bytes) {
      let contents = try SafetensorsFile(file)
      return try StateDict(
        contents.tensors, metadata: contents.metadata, remarks: contents.metadata.mapValues(PlainValue.string),
        format: .safetensors)
    }
    if ZipArchive.looksLikeIt(bytes) {
      let checkpoint = try TorchCheckpoint(file)
      return try StateDict(checkpoint.tensors, remarks: checkpoint.remarks, format: .torchZip)
    }
    if bytes.first == PickleOpcode.proto.rawValue {
      let checkpoint = try TorchCheckpoint(file)
      return try StateDict(checkpoint.tensors, remarks: checkpoint.remarks, format: .torchLegacy)
    }
    throw foreignFormat(bytes)
      ?? InputError(
        "", "is not a model file that gradcam reads",
        remedy: "safetensors files are, and what torch.save(model.state_dict(), 'weights.pth') writes")
  }

  init(
    _ tensors: [TensorRecord], metadata: [String: String] = [:], remarks: [String: PlainValue], format: Format
  ) throws(InputError) {
    let count = Self.prefixCount(tensors.map(\.name))
    self.tensors =
      count == 0
      ? tensors
      : try tensors.map { (tensor) throws(InputError) in
        try tensor.named(String(decoding: tensor.name.utf8.dropFirst(count), as: UTF8.self))
      }
    (self.metadata, self.remarks, self.format) = (metadata, remarks, format)
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

  /// What to say of files that people take for models, or have in a model's place.
  private static func foreignFormat(_ bytes: UnsafeRawBufferPointer) -> InputError? {
    func begins(_ text: String) -> Bool { bytes.starts(with: text.utf8) }
    let start = String(decoding: bytes.prefix(64), as: UTF8.self).lowercased().drop { $0.isWhitespace }
    if begins("version https://git-lfs") {
      return InputError("", "is a git-lfs pointer, not the model itself", remedy: "run git lfs pull")
    }
    if start.hasPrefix("<!doctype") || start.hasPrefix("<html") {
      return InputError("", "is a web page, not a model", remedy: "download the file that the page is about")
    }
    if bytes.starts(with: [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]) {
      return InputError("", "is an HDF5 file (Keras), which is not read", remedy: "export the model to ONNX")
    }
    if bytes.count > 262, bytes[257..<262].elementsEqual("ustar".utf8) {
      return InputError(
        "", "is a tar archive, which the first versions of PyTorch wrote and is not read",
        remedy: "load it with PyTorch and save it again, or unpack it if it was packed by hand")
    }
    if bytes.starts(with: [0x1f, 0x8b]) {
      return InputError("", "is compressed with gzip", remedy: "unpack it")
    }
    return nil
  }
}
