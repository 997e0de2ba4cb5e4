import Foundation
import ModelFormats
import TestSupport

/// A fresh folder for one test, removed with it.
final class Workplace {
  /// The folder's path.
  let root: String
  private var given: Set<String> = []

  /// - Parameter fixtures: files of `Tests/Fixtures/cli` to copy into the folder.
  init(_ fixtures: String...) {
    root = NSTemporaryDirectory() + "gradcam-tests-\(UUID().uuidString)"
    do { try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true) } catch {
      preconditionFailure("no temporary folder: \(error)")
    }
    for name in fixtures { put(Workplace.fixture(name), as: name) }
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  /// The bytes of a file of `Tests/Fixtures/cli`.
  static func fixture(_ name: String) -> [UInt8] {
    let path = Fixture.folder.appending(FilePath("cli/\(name)"))
    guard let data = FileManager.default.contents(atPath: path.description) else {
      preconditionFailure("the fixture \(name) is missing")
    }
    return Array(data)
  }

  func path(_ name: String) -> String { "\(root)/\(name)" }

  /// Writes an input, with the folders that it needs.
  func put(_ bytes: some Sequence<UInt8>, as name: String) {
    makeFolder((name as NSString).deletingLastPathComponent)
    let isWritten = FileManager.default.createFile(atPath: path(name), contents: Data(bytes))
    precondition(isWritten, "\(name) cannot be written")
    given.insert(name)
  }

  func put(_ text: String, as name: String) { put(text.utf8, as: name) }

  func makeFolder(_ name: String) {
    try? FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: true)
  }

  /// A file's bytes; nil where there is none.
  func bytes(_ name: String) -> [UInt8]? { FileManager.default.contents(atPath: path(name)).map(Array.init) }

  /// A PNG's compressed picture: its IDAT chunks, without the texts that say where it came from.
  func picture(_ name: String) -> [UInt8] {
    let file = bytes(name) ?? []
    var picture: [UInt8] = []
    var offset = 8
    while offset + 12 <= file.count {
      let length = file[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
      let isPicture = file[offset + 4..<offset + 8].elementsEqual("IDAT".utf8)
      if isPicture { picture += file[(offset + 8)..<min(offset + 8 + length, file.count)] }
      offset += length + 12
    }
    return picture
  }

  func text(_ name: String) -> String? { bytes(name).map { String(decoding: $0, as: UTF8.self) } }

  /// The files that were not put here, in order: what runs left, hidden files too.
  var made: [String] {
    let names = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
    return names.filter { name in
      var isFolder = ObjCBool(false)
      _ = FileManager.default.fileExists(atPath: path(name), isDirectory: &isFolder)
      return !isFolder.boolValue && !given.contains(name)
    }.sorted()
  }

  // MARK: - Runs

  /// Runs the tool in this folder.
  func run(_ words: String..., input: String? = nil, output: Tool.Output = .kept) throws -> Tool.Outcome {
    try Tool.run(words, in: self, input: input.map(path) ?? "/dev/null", output: output)
  }

  /// `gradcam explain photo.jpg -w xray.pth` with more words.
  func explain(_ words: String...) throws -> Tool.Outcome {
    try Tool.run(["explain", "photo.jpg", "-w", "xray.pth"] + words, in: self)
  }

  /// The tensors of a `--dump`, or of any safetensors file here.
  func dump(_ name: String) throws -> Fixture { try Fixture(path: FilePath(path(name))) }
}
