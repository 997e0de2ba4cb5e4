import ModelFormats

/// Files that no output may replace, under whatever name: those that are read.
struct ProtectedFiles: Sendable {
  private let identities: Set<FileIdentity>

  init(_ paths: some Sequence<FilePath>) { identities = Set(paths.compactMap(FileIdentity.init)) }

  /// Refuses an output that is one of the files.
  ///
  /// - Throws: `InputError` naming the output.
  func check(_ output: FilePath) throws(InputError) {
    guard let identity = FileIdentity(output), identities.contains(identity) else { return }
    throw Self.replacement(of: output)
  }

  /// What is wrong with an output that is an input.
  static func replacement(of output: FilePath) -> InputError {
    InputError("\(output)", "would be replaced, but is an input", remedy: "another name for the output")
  }
}
