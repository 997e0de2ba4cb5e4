/// Which file holds which tensor of a model that is in several: `model.safetensors.index.json`, whose `weight_map` has a file's name by
/// each tensor's (<https://huggingface.co/docs/transformers/big_models>).
package struct ShardIndex: Sendable {
  /// The tensors in the index's order.
  package let places: [(tensor: String, file: String)]
  /// The files in alphabetical order, each once.
  package let files: [String]

  /// The most files of one model: each stays open.
  static let mostFiles = 64

  /// Whether `bytes` begin like one.
  package static func looksLikeIt(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.first == UInt8(ascii: "{") }

  /// - Throws: `InputError` without a subject: no index, too many files, a file that is not beside it.
  package init(_ file: FileBytes) throws(InputError) {
    guard let map = JSONFile.table(file)?.first(where: { $0.key == "weight_map" })?.value.entries, !map.isEmpty else {
      throw InputError("", "is JSON and holds no model", remedy: "the folder, or the file of the weights")
    }
    var places: [(tensor: String, file: String)] = []
    places.reserveCapacity(map.count)
    var files: Set<String> = []
    for entry in map {
      guard let name = entry.value.text, !name.isEmpty, name != ".", name != "..", !name.utf8.contains(0),
        !name.utf8.contains(UInt8(ascii: "/"))
      else {
        throw InputError("", "keeps tensor \(entry.key.printable) in what is no file beside it")
      }
      places.append((entry.key, name))
      files.insert(name)
      guard files.count <= Self.mostFiles else {
        throw InputError("", "names more than \(Self.mostFiles) files", remedy: "save the model in fewer")
      }
    }
    (self.places, self.files) = (places, files.sorted())
  }
}
