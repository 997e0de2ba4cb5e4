import Glibc

/// A folder that a model was published in: which of its files holds the weights, told by the names that Hugging Face, timm, optimum,
/// MLflow and training scripts give them.
///
/// transformers takes `model.safetensors`, then its shards, then `pytorch_model.bin` (`modeling_utils.py`); files that differ in their
/// endings alone are taken for one model in the same order. Anything else that may be meant as well is refused by name.
package struct ModelFolder {
  /// The file of the weights, or the index of several.
  package let weights: FilePath

  /// A file that may hold a model.
  private struct Candidate {
    let path: FilePath
    /// What files of one model have alike.
    let stem: String
    /// Which of one model's files comes first: the lower.
    let rank: Int
  }

  private static let endings: [(ending: String, rank: Int)] = [
    (".safetensors.index.json", 1), (".bin.index.json", 3), (".safetensors", 0), (".bin", 2), (".pth.tar", 2),
    (".pth", 2),
    (".pt", 2), (".ckpt", 2), (".onnx", 4),
  ]

  /// What training leaves beside a model, by how the names begin.
  private static let noModels = ["training_args.", "optimizer.", "scheduler.", "scaler.", "rng_state", "random_states"]

  /// Models that are not read, by their names.
  private static let foreign: Set<String> = [
    "tf_model.h5", "flax_model.msgpack", "saved_model.pb", "keras_model.h5", "model.keras", "model.h5", "model.tflite",
    "rust_model.ot", "openvino_model.xml", "model.mlmodel", "model.pdmodel",
  ]

  /// The most names of a folder that are looked at.
  private static let mostNames = 1 << 16

  /// - Throws: `InputError` naming the folder: it holds no model, or several.
  package init(_ folder: FilePath) throws(InputError) {
    let names = try Self.names(in: folder)
    var found = Self.candidates(in: folder, names)
    // MLflow keeps a model's files below its description; exports for the web stand beside the weights that they were made of.
    let below = (names.contains("MLmodel") ? ["data", "model"] : []) + ["onnx"]
    for inner in below.map({ folder.appending(FilePath($0)) }) where found.isEmpty && inner.isFolder {
      found = Self.candidates(in: inner, try Self.names(in: inner))
    }
    guard let first = found.min(by: { $0.rank < $1.rank }) else { throw Self.holdsNone(folder, names) }
    let rivals = found.filter { $0.stem != first.stem || ($0.rank == first.rank && $0.path != first.path) }
    guard rivals.isEmpty else { throw Self.holdsSeveral(folder, [first] + rivals) }
    weights = first.path
  }

  private static func candidates(in folder: FilePath, _ names: Set<String>) -> [Candidate] {
    names.sorted().compactMap { name in
      let low = name.lowercased()
      guard !name.hasPrefix("."), !noModels.contains(where: low.hasPrefix), !isShard(low),
        let (ending, rank) = endings.first(where: { low.hasSuffix($0.ending) })
      else { return nil }
      let stem = String(name.dropLast(ending.count))
      let path = folder.appending(FilePath(name))
      guard FileVersion(path) != nil else { return nil }
      // An export is another model than the weights beside it, whatever it is called.
      let kind = rank == 4 ? ".onnx" : ""
      return Candidate(path: path, stem: (stem == "pytorch_model" ? "model" : stem) + kind, rank: rank)
    }
  }

  /// The index of a model that this file is a part of; nil where it is none.
  ///
  /// - Throws: `InputError` naming a part whose index is not beside it.
  package static func index(of part: FilePath) throws(InputError) -> FilePath? {
    let name = part.lastComponent.description
    guard isShard(name.lowercased()), let dot = name.lastIndex(of: ".") else { return nil }
    let stem = name[..<dot].dropLast("-00001-of-00002".utf8.count)
    let index = part.parent.appending(FilePath("\(stem)\(name[dot...]).index.json"))
    guard FileVersion(index) == nil, FileVersion(part) != nil else { return index }
    let count = Int(name[..<dot].suffix(5)) ?? 0
    throw InputError(
      "\(part)", "is one of the \(count) shards of a model, and their index is not beside it",
      remedy: "give the folder with all of them and \(index.lastComponent.description.brief())")
  }

  /// Whether this is one of several files of a model: `model-00001-of-00003.safetensors`.
  private static func isShard(_ name: String) -> Bool {
    guard let ending = [".safetensors", ".bin"].first(where: name.hasSuffix) else { return false }
    let words = name.dropLast(ending.count).split(separator: "-").suffix(3)
    func isNumber(_ word: Substring?) -> Bool {
      word.map { $0.utf8.count == 5 && $0.utf8.allSatisfy { (48...57).contains($0) } } ?? false
    }
    return words.count == 3 && words.dropFirst().first == "of" && words.last != "00001" && isNumber(words.first)
      && isNumber(words.last)
  }

  /// Names that are not UTF-8 are nobody's who publishes models.
  private static func names(in folder: FilePath) throws(InputError) -> Set<String> {
    guard let open = folder.withCString({ opendir($0) }) else { throw InputError("\(folder)", "\(describe(errno))") }
    defer { closedir(open) }
    var names: Set<String> = []
    while names.count < mostNames, let entry = readdir(open) {
      withUnsafeBytes(of: &entry.pointee.d_name) { name in
        if let text = String(validating: name.prefix { $0 != 0 }, as: UTF8.self) { names.insert(text) }
      }
    }
    return names
  }

  private static func holdsSeveral(_ folder: FilePath, _ found: [Candidate]) -> InputError {
    let names = found.map { $0.path.lastComponent.description.printable }.sorted()
    return InputError(
      "\(folder)", "holds \(names.count) models: \(names.listed(3))", remedy: "name the file that is meant")
  }

  private static func holdsNone(_ folder: FilePath, _ names: Set<String>) -> InputError {
    if let shard = names.sorted().first(where: { isShard($0.lowercased()) }) {
      return InputError(
        "\(folder)", "holds parts of a model, as \(shard.printable), and no index of them",
        remedy: "copy model.safetensors.index.json, too")
    }
    if let other = names.sorted().first(where: { foreign.contains($0.lowercased()) }) {
      return InputError("\(folder)", "holds \(other), which is not read", remedy: "export the model to ONNX")
    }
    return InputError(
      "\(folder)", "is a folder that holds no model", remedy: "a file, or a folder with model.safetensors or model.onnx"
    )
  }
}
