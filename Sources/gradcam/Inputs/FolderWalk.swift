import Glibc
import ModelFormats

/// The files below a folder, in the order of their names' bytes, folder by folder.
///
/// Only the names of the folders on the way down are held. Links to folders are not followed: they may lead back up.
struct FolderWalk {
  enum Entry {
    /// Everything but a folder, by its path below the root.
    case file(FilePath)
    /// A folder that cannot be read, by its whole path.
    case unreadable(FilePath, InputError)
  }

  private struct Level {
    /// Below the root; empty for the root itself.
    let path: FilePath
    let names: FolderNames
    var next = 0
  }

  let root: FilePath
  private let isRecursive: Bool
  private var levels: [Level]

  /// - Throws: `InputError` naming the folder where it cannot be read.
  init(_ root: FilePath, isRecursive: Bool) throws(InputError) {
    (self.root, self.isRecursive) = (root, isRecursive)
    levels = [Level(path: FilePath(""), names: try FolderNames(in: root))]
  }

  mutating func next() -> Entry? {
    while let level = levels.last {
      guard level.next < level.names.count else {
        levels.removeLast()
        continue
      }
      levels[levels.count - 1].next += 1
      let (name, kind) = level.names[level.next]
      let path = level.path.bytes.isEmpty ? name : level.path.appending(name)
      guard isFolder(path, kind) else { return .file(path) }
      guard isRecursive, kind != .link else { continue }
      let whole = root.appending(path)
      do {
        levels.append(Level(path: path, names: try FolderNames(in: whole)))
      } catch {
        return .unreadable(whole, error)
      }
    }
    return nil
  }

  private func isFolder(_ path: FilePath, _ kind: FolderNames.Kind) -> Bool {
    switch kind {
    case .file: false
    case .folder: true
    case .link, .unknown: Folders.isFolder(root.appending(path))
    }
  }
}
