import Glibc
import ModelFormats

/// The images of a run, from operands, folders and lists, in their order, found as they are asked for.
struct ImageStream {
  enum Item: Sendable {
    case image(ImageSource)
    /// An image that must not be explained.
    case refused(FilePath, InputError)
    /// What cannot be read, or is no file.
    case unreadable(FilePath, InputError)
  }

  /// What was found in folders beside images.
  struct Finds: Equatable {
    /// Files that are no images.
    var otherFiles = 0
    /// Files that this tool made.
    var overlays = 0
    /// Folders that held no image.
    var emptyFolders: [FilePath] = []

    /// How many files were passed over.
    var passedOver: Int { otherFiles + overlays }
  }

  /// Why an image must not be explained, though it is there.
  ///
  /// - Parameter root: the folder operand that it was found in; nil for one of a list.
  typealias Refusal = (_ image: ImageSource, _ root: FilePath?) -> InputError?

  private(set) var finds = Finds()
  private let inputs: InputOptions
  private var operands: ArraySlice<FilePath>
  private var walk: FolderWalk?
  /// Images of the folder that is walked through.
  private var imagesInFolder = 0
  private let list: PathList?
  private var hasListed = false
  private let refusal: Refusal
  /// Found already, and not asked for.
  private var ahead: [Item] = []

  /// - Parameter refusal: asked about every image of a folder or a list.
  /// - Throws: `InputError` naming a folder or a list that cannot be opened.
  init(_ options: Options, stop: StopRequest, refusal: @escaping Refusal) throws(InputError) {
    inputs = options.inputs
    operands = options.operands[...]
    self.refusal = refusal
    for operand in operands where Folders.isFolder(operand) { _ = try FolderNames(in: operand) }
    list = try options.inputs.filesFrom.map { path throws(InputError) in
      try PathList(path, isNULSeparated: options.inputs.isNULSeparated, stop: stop)
    }
  }

  /// The next image; nil after the last.
  ///
  /// - Throws: `InputError` naming a list that cannot be read on.
  mutating func next() throws(InputError) -> Item? { ahead.isEmpty ? try find() : ahead.removeFirst() }

  /// How many images there are, up to `limit`, without asking for them.
  ///
  /// - Parameter waits: whether to wait for whoever still writes the list.
  mutating func count(upTo limit: Int, waits: Bool) throws(InputError) -> Int {
    while ahead.count < limit {
      let mayBlock = walk == nil && operands.isEmpty && !(list?.isAtHand ?? true)
      guard waits || !mayBlock, let item = try find() else { break }
      ahead.append(item)
    }
    return ahead.count
  }

  // MARK: - Sources

  private mutating func find() throws(InputError) -> Item? {
    while true {
      if let item = try step() { return item }
      if walk == nil && operands.isEmpty { return try nextListed() }
    }
  }

  /// The next item of the operands; nil where there was something to be passed over, or nothing more.
  private mutating func step() throws(InputError) -> Item? {
    if walk != nil { return stepThroughFolder() }
    guard let operand = operands.popFirst() else { return nil }
    guard Folders.isFolder(operand) else {
      return isWanted(operand) ? .image(ImageSource(operand: operand)) : nil
    }
    imagesInFolder = 0
    do {
      walk = try FolderWalk(operand, isRecursive: inputs.isRecursive)
      return nil
    } catch {
      return .unreadable(operand, error)
    }
  }

  private mutating func stepThroughFolder() -> Item? {
    guard let entry = walk?.next(), let root = walk?.root else {
      if imagesInFolder == 0, let root = walk?.root { finds.emptyFolders.append(root) }
      walk = nil
      return nil
    }
    switch entry {
    case .unreadable(let path, let error):
      imagesInFolder += 1
      return isWanted(path) ? .unreadable(path, error) : nil
    case .file(let relative):
      let source = ImageSource(found: relative, below: root)
      guard isWanted(source.path) else {
        imagesInFolder += 1
        return nil
      }
      let start = FileStart(source.path)
      if start.isOwnResult {
        finds.overlays += 1
      } else if start.isToBeExplained(named: source.name) {
        imagesInFolder += 1
        return checked(source)
      } else {
        finds.otherFiles += 1
      }
      return nil
    }
  }

  private mutating func nextListed() throws(InputError) -> Item? {
    while let entry = try list?.next() {
      hasListed = true
      switch entry {
      case .faulty(let line, let error): if isWanted(line) { return .unreadable(line, error) }
      case .path(let path):
        guard isWanted(path) else { continue }
        let source = ImageSource(listed: path)
        if let error = Self.fault(of: source.path) { return .unreadable(source.path, error) }
        return checked(source)
      }
    }
    if !hasListed, let name = inputs.filesFrom, list != nil {
      hasListed = true
      finds.emptyFolders.append(name.isDash ? FilePath("standard input") : name)
    }
    return nil
  }

  /// Why a listed file is not read: a pipe in a list might be waited for as long as the run lasts.
  private static func fault(of path: FilePath) -> InputError? {
    guard let status = FileStatus(path), !status.isRegular else { return nil }
    let isOperand = status.isFolder || status.isPipe
    return InputError(
      "\(path)", "is \(status.kind)", remedy: isOperand ? "name it on the command line, not in a list" : "a file")
  }

  private func isWanted(_ path: FilePath) -> Bool { inputs.shard?.contains(path) ?? true }

  private mutating func checked(_ source: ImageSource) -> Item {
    if let error = refusal(source, walk?.root) { return .refused(source.path, error) }
    return .image(source)
  }
}

extension ImageStream {
  /// How many files the inputs name, images or not; nil for a list that is still being written.
  static func fileCount(_ options: Options) -> Int? {
    let inputs = options.inputs
    func isWanted(_ path: FilePath) -> Bool { inputs.shard?.contains(path) ?? true }
    var count = 0
    for operand in options.operands {
      guard Folders.isFolder(operand) else {
        if isWanted(operand) { count += 1 }
        continue
      }
      guard var walk = try? FolderWalk(operand, isRecursive: inputs.isRecursive) else { continue }
      while let entry = walk.next() {
        switch entry {
        case .file(let relative): if isWanted(operand.appending(relative)) { count += 1 }
        case .unreadable(let path, _): if isWanted(path) { count += 1 }
        }
      }
    }
    guard let list = inputs.filesFrom else { return count }
    return PathList.count(list, isNULSeparated: inputs.isNULSeparated, where: isWanted).map { $0 + count }
  }
}
