import ModelFormats

/// Finds outputs that two images would write, without holding the images of folders and lists.
///
/// Names keep the images of one folder apart, and those of one list, as far as words behind them cannot be taken for their ends. Left are
/// an operand against another, a folder against another, and heatmaps, whose `{stem}` is the same for `a.jpg` and `a.png`.
final class Collisions {
  private let names: OutputNames
  /// The places of what operands that are images write, and of other files that the run reads.
  private let taken: [FilePath: FilePath]
  private let folders: [FilePath]
  private let maps: [MapName]
  private let hasKnownMaps: Bool
  private let isRecursive: Bool
  /// Whether images that are not held might have outputs of one name.
  let mayMix: Bool
  private var finder = PlaceFinder()
  /// Hashes of the places of images' outputs that came from folders and lists, where they might be one: of all outputs that are
  /// known, or of heatmaps.
  private var places: Set<Int> = []

  /// - Parameter layers: the layers that are explained, as names spell them. Targets need not be known: names that
  ///   agree but for the target cannot collide.
  /// - Throws: `InputError` where operands collide.
  init(_ names: OutputNames, _ options: Options, layers: [String]) throws(InputError) {
    self.names = names
    folders = options.operands.filter(Folders.isFolder)
    let images = options.operands.filter { !Folders.isFolder($0) }.map(ImageSource.init(operand:))
    taken = try names.checkCollisions(images, layers: layers)
    maps = names.maps(layers)
    hasKnownMaps = names.knownMaps(layers) != nil
    isRecursive = options.inputs.isRecursive
    let groups = folders.count + (images.isEmpty ? 0 : 1) + (options.inputs.filesFrom == nil ? 0 : 1)
    mayMix = groups > 1 || names.mayMix(layers)
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
        if let owner = taken[finder.place(of: output)] { return OutputNames.collision(source.path, owner, output) }
      }
    }
    if !folders.isEmpty, root != folders.first {
      let others = folders.prefix { $0 != root }
      if let owner = owner(of: source.folder.appending(source.name), among: others), let map = maps.first {
        return OutputNames.collision(source.path, owner, names.overlay(of: source, map))
      }
    }
    return refusalByPlace(of: source)
  }

  private func refusalByPlace(of source: ImageSource) -> InputError? {
    let outputs =
      mayMix && hasKnownMaps
      ? names.files(of: source, maps) : maps.first.flatMap { names.heatmap(of: source, $0) }.map { [$0] } ?? []
    let found = outputs.map { (path: $0, hash: finder.place(of: $0).hashValue) }
    if let taken = found.first(where: { places.contains($0.hash) }) {
      return OutputNames.collision(source.path, taken.path)
    }
    places.formUnion(found.map(\.hash))
    return nil
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
      return !start.isOwnResult && start.isToBeExplained(named: path.lastComponent)
    }
  }
}
