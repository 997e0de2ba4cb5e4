import Glibc

extension FilePath {
  /// Whether the path leads to a folder.
  package var isFolder: Bool { kind == S_IFDIR }

  /// Whether it leads to something that is neither a file on disk nor nothing at all.
  package var isOther: Bool { kind.map { $0 != S_IFREG } ?? false }

  private var kind: mode_t? {
    var status = stat()
    return withCString { stat($0, &status) } == 0 ? status.st_mode & S_IFMT : nil
  }
}
