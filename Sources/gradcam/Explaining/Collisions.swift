import ModelFormats

/// Finds outputs that two images would write, without holding the images of folders and lists.
///
/// Names keep the images of one folder apart, and those of one list. Left are an operand against another, a folder against another,
/// and heatmaps, whose `{stem}` is the same for `a.jpg` and `a.png`.
final class Collisions {
  private let names: OutputNames
  /// What operands that are images write, and other files that the run reads.
  private let taken: [FilePath: FilePath]
  private let folders: [FilePath]
  private let maps: [MapName]
  private let isRecursive: Bool
  /// Hashes of the heatmaps' names that came from folders and lists, where there are heatmaps.
  private var heatmaps: Set<Int> = []

  /// - Parameter layers: the layers that are explained, as names spell them. Targets need not be known: names that
  ///   agree but for the target cannot collide.
  /// - Throws: `InputError` where operands collide.
  init(_ names: OutputNames, _ options: Options, layers: [String]) throws(InputError) {
    self.names = names
    folders = options.operands.filter(Folders.isFolder)
    let images = options.operands.filter { !Folders.isFolder($0) }.map(ImageSource.init(operand:))
    taken = try names.checkCollisions(images, layers: layers)
    maps = names.maps(layers)
    isRecursive = options.inputs.isRecursive
    for (index, folder) in folders.enumerated().dropFirst() {
      try check(folder, against: folders[..<index])
    }
  }

  /// Why an image of a folder or a list must not be explained.
  ///
  /// - Parameter root: the folder operand that it was found in; nil for one of a list.
  func refusal(of source: ImageSource, root: FilePath?) -> InputError? {
    for map in maps {
      let outputs = [names.overlay(of: source, map), names.heatmap(of: source, map)]
      for output in outputs.compactMap({ $0 }) {
        if let owner = taken[output.normalized] { return OutputNames.collision(source.path, owner, output) }
      }
    }
    if !folders.isEmpty, root != folders.first {
      let others = folders.prefix { $0 != root }
      if let owner = owner(of: source.folder.appending(source.name), among: others), let map = maps.first {
        return OutputNames.collision(source.path, owner, names.overlay(of: source, map))
      }
    }
    guard let map = maps.first, let heatmap = names.heatmap(of: source, map) else { return nil }
    guard !heatmaps.insert(heatmap.hashValue).inserted else { return nil }
    return InputError(
      "\(source.path)", "would write \(heatmap), as did another image", remedy: "images of one stem in different runs")
  }

  private func check(_ folder: FilePath, against others: ArraySlice<FilePath>) throws(InputError) {
    var walk = try FolderWalk(folder, isRecursive: isRecursive)
    while let entry = walk.next() {
      guard case .file(let relative) = entry, let owner = owner(of: relative, among: others), let map = maps.first,
        FileStart(folder.appending(relative)).isToBeExplained(named: relative.lastComponent)
      else { continue }
      let source = ImageSource(found: relative, below: folder)
      throw OutputNames.collision(source.path, owner, names.overlay(of: source, map))
    }
  }

  /// The image of that name in one of some folders.
  private func owner(of relative: FilePath, among folders: some Sequence<FilePath>) -> FilePath? {
    guard isRecursive || !relative.bytes.contains(UInt8(ascii: "/")) else { return nil }
    return folders.lazy.map { $0.appending(relative) }.first { path in
      guard FileIdentity(path) != nil, !Folders.isFolder(path) else { return false }
      let start = FileStart(path)
      return !start.isOverlay && start.isToBeExplained(named: path.lastComponent)
    }
  }
}
