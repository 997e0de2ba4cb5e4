public import ModelFormats

/// The files that a model is read from: one, or the weights and what a folder says beside them.
public struct ModelSource: Sendable {
  /// The file of the weights; the first, where they are in several.
  public let file: FileBytes
  /// All files of the weights, where there are several.
  let parts: [FileBytes]
  /// Which of them holds which tensor.
  let index: (file: FileBytes, contents: ShardIndex)?
  /// What lies beside the weights.
  let configuration: ModelConfiguration

  /// Opens a file, or the one model of a folder, and what says more about it beside it. One of several files of a model stands for all.
  ///
  /// - Throws: `InputError` naming the file, the part of a model whose index is lost, or the folder that holds no model or several.
  public init(_ path: FilePath) throws(InputError) {
    guard path.isFolder else {
      try self.init(opened: try FileBytes(mapping: try ModelFolder.index(of: path) ?? path))
      return
    }
    let weights = try ModelFolder(path).weights
    try self.init(try FileBytes(mapping: weights), try ModelConfiguration(around: weights, upTo: path))
  }

  /// A file that is open, with what lies beside it.
  ///
  /// - Throws: `InputError` naming another file of the same model.
  public init(opened file: FileBytes) throws(InputError) {
    // What comes through a pipe lies nowhere.
    let path = file.version == nil ? nil : file.path
    try self.init(file, path.map(ModelConfiguration.init(beside:)) ?? ModelConfiguration())
  }

  /// Bytes in memory, with nothing beside them.
  init(inMemory file: FileBytes) {
    (self.file, parts, index, configuration) = (file, [], nil, ModelConfiguration())
  }

  private init(_ file: FileBytes, _ configuration: ModelConfiguration) throws(InputError) {
    self.configuration = configuration
    guard let path = file.path, ShardIndex.looksLikeIt(file.bytes) else {
      (self.file, parts, index) = (file, [], nil)
      return
    }
    do throws(InputError) {
      let contents = try ShardIndex(file)
      parts = try contents.files.map { (name) throws(InputError) in
        let part = path.parent.appending(FilePath(name))
        // A pipe would be waited for.
        guard !part.isOther else { throw InputError("\(part)", "is no file on disk") }
        return try FileBytes(mapping: part)
      }
      index = (file, contents)
      self.file = parts[0]
    } catch {
      throw error.about("\(path)")
    }
  }

  /// The files of the weights beside the first, and their index.
  var otherWeights: [FileBytes] { parts.dropFirst() + (index.map { [$0.file] } ?? []) }
}

extension ModelSource {
  /// The weights by name, from all their files.
  ///
  /// - Parameters: see `StateDict.load`.
  /// - Throws: `InputError`; without a subject where the file that was named is at fault.
  func stateDict(wanted: String?, takesAnyModule: Bool) throws(InputError) -> StateDict {
    guard let index else { return try StateDict.load(file, wanted: wanted, takesAnyModule: takesAnyModule) }
    do { return try StateDict.load(parts: parts, index: index.contents) } catch {
      throw error.about(index.file.path.map { "\($0)" } ?? "")
    }
  }
}
