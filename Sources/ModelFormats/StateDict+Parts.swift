extension StateDict {
  /// Reads a model that is in several files of one format.
  ///
  /// - Parameter parts: in the order of `index.files`.
  /// - Throws: `InputError` naming the file at fault: that of its reader, a tensor that two files hold, or one that the index tells of
  ///   and its file lacks; without a subject where the index is.
  package static func load(parts: [FileBytes], index: ShardIndex) throws(InputError) -> StateDict {
    var tensors: [TensorRecord] = []
    var places: [String: Int] = [:]
    var first: Contents?
    for (number, part) in parts.enumerated() {
      let subject: Message = part.path.map { "\($0)" } ?? ""
      do throws(InputError) {
        let contents = try Contents(part)
        guard first.map({ $0.format == contents.format }) ?? true else {
          throw InputError("", "is of another format than the files beside it")
        }
        for tensor in contents.tensors {
          guard places.updateValue(number, forKey: tensor.name) == nil else {
            throw InputError("", "holds tensor \(tensor.name.printable), which another file of the model holds as well")
          }
          tensors.append(tensor)
        }
        if first == nil { first = contents }
      } catch {
        throw error.about(subject)
      }
    }
    let numbers = Dictionary(zip(index.files, index.files.indices)) { first, _ in first }
    if let lost = index.places.first(where: { places[$0.tensor] != numbers[$0.file] }) {
      throw InputError("", "keeps tensor \(lost.tensor.printable) in \(lost.file.printable), which does not hold it")
    }
    return try StateDict(
      tensors, metadata: first?.metadata ?? [:], remarks: first?.remarks ?? [:], format: first?.format ?? .safetensors)
  }

  /// What one of the files holds.
  private struct Contents {
    let tensors: [TensorRecord]
    let metadata: [String: String]
    let remarks: [String: PlainValue]
    let format: Format

    init(_ file: FileBytes) throws(InputError) {
      if SafetensorsFile.looksLikeIt(file.bytes) {
        let contents = try SafetensorsFile(file)
        (tensors, metadata, format) = (contents.tensors, contents.metadata, .safetensors)
        remarks = contents.metadata.mapValues(PlainValue.string)
      } else if ZipArchive.looksLikeIt(file.bytes) || file.bytes.first == PickleOpcode.proto.rawValue {
        let contents = try TorchCheckpoint(file)
        (tensors, metadata, remarks) = (contents.tensors, [:], contents.remarks)
        format = ZipArchive.looksLikeIt(file.bytes) ? .torchZip : .torchLegacy
      } else {
        throw InputError("", "is no part of a model", remedy: "download it again")
      }
    }
  }
}
