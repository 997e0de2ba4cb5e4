import Glibc
import ModelFormats

/// Finds the places that paths lead to: the folder without links and dots, and the name in it.
///
/// Two paths of one place would be one file, whether it is there or not. A link at the very end stays itself: what is written there takes
/// the link's place.
struct PlaceFinder {
  /// The folders that were found last: a run's outputs lie in few at a time.
  private var folders: [(path: FilePath, resolved: FilePath)] = []

  private static let mostFolders = 4

  mutating func place(of path: FilePath) -> FilePath {
    let parent = path.parent
    let resolved: FilePath
    if let known = folders.first(where: { $0.path == parent }) {
      resolved = known.resolved
    } else {
      resolved = Self.resolve(parent)
      if folders.count == Self.mostFolders { folders.removeFirst() }
      folders.append((parent, resolved))
    }
    return Self.join(resolved, path.lastComponent)
  }

  /// A folder without links and dots. Those that are missing are taken as they will be made.
  static func resolve(_ folder: FilePath) -> FilePath {
    if let found = folder.withCString({ realpath($0, nil) }) {
      defer { free(found) }
      return FilePath(bytes: UnsafeRawBufferPointer(start: found, count: strlen(found)))
    }
    let parent = folder.parent
    guard parent != folder else { return folder }
    let above = resolve(parent)
    switch folder.lastComponent {
    case FilePath("."): return above
    case FilePath(".."): return above.parent
    case let name: return join(above, name)
    }
  }

  private static func join(_ folder: FilePath, _ name: FilePath) -> FilePath {
    folder == FilePath("/") ? FilePath(bytes: folder.bytes + name.bytes) : folder.appending(name)
  }
}
