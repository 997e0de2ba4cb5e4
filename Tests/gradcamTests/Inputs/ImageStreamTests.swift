import Foundation
import ModelFormats
import Testing

@testable import gradcam

@Suite struct ImageStreamTests {
  private func stream(_ words: [String]) throws -> ImageStream {
    let options = try options(of: .explain, ["-w", "w.bin"] + words)
    let names = OutputNames(options, weights: FilePath("w.bin"))
    let collisions = try Collisions(names, options, layers: ["l"])
    return try ImageStream(options, stop: StopRequest()) { collisions.refusal(of: $0, root: $1) }
  }

  /// Paths, in order, with an exclamation mark before those that are refused.
  private func paths(_ folder: Workplace, _ words: String...) throws -> [String] {
    var stream = try stream(words.map { $0.replacingOccurrences(of: "@", with: folder.root) })
    var paths: [String] = []
    while let item = try stream.next() {
      switch item {
      case .image(let source): paths.append("\(source.path)")
      case .refused(let path, _): paths.append("!\(path)")
      case .unreadable(let path, let error): paths.append("!\(path): \(error.problem)")
      }
    }
    return paths.map { $0.replacingOccurrences(of: folder.root, with: "@") }
  }

  private let photo = Workplace.fixture("photo.jpg")

  @Test func `Operands, folders and lists in their order, folders by the bytes of their names`() throws {
    let folder = Workplace()
    for name in ["in/b.jpg", "in/B.jpg", "in/a/z.jpg", "in/a.jpg", "in/a-b.jpg", "x.jpg", "l/1.jpg"] {
      folder.put(photo, as: name)
    }
    folder.put("@/l/1.jpg\n@/x.jpg".replacingOccurrences(of: "@", with: folder.root), as: "list")
    #expect(
      try paths(folder, "@/x.jpg", "@/in", "-r", "--files-from", "@/list") == [
        "@/x.jpg", "@/in/B.jpg", "@/in/a/z.jpg", "@/in/a-b.jpg", "@/in/a.jpg", "@/in/b.jpg", "@/l/1.jpg", "@/x.jpg",
      ])
    #expect(try paths(folder, "@/in") == ["@/in/B.jpg", "@/in/a-b.jpg", "@/in/a.jpg", "@/in/b.jpg"])
  }

  @Test func `Links to folders are not followed, and a loop ends`() throws {
    let folder = Workplace()
    folder.put(photo, as: "in/a.jpg")
    try FileManager.default.createSymbolicLink(atPath: folder.path("in/loop"), withDestinationPath: ".")
    try FileManager.default.createSymbolicLink(atPath: folder.path("in/dead"), withDestinationPath: "nowhere.jpg")
    try FileManager.default.createSymbolicLink(atPath: folder.path("in/z.jpg"), withDestinationPath: "a.jpg")
    #expect(try paths(folder, "-r", "@/in") == ["@/in/a.jpg", "@/in/z.jpg"])
  }

  @Test func `Images are counted ahead without being lost`() throws {
    let folder = Workplace()
    for name in ["in/a.jpg", "in/b.jpg", "in/c.jpg"] { folder.put(photo, as: name) }
    var stream = try stream([folder.path("in")])
    #expect(try stream.count(upTo: 2, waits: true) == 2)
    #expect(try stream.count(upTo: 8, waits: true) == 3)
    var count = 0
    while try stream.next() != nil { count += 1 }
    #expect(count == 3)
  }

  @Test func `Parts of all sources together are the whole`() throws {
    let folder = Workplace()
    for index in 0..<12 { folder.put(photo, as: "in/\(index).jpg") }
    folder.put((0..<30).map { "\($0).jpg" }.joined(separator: "\n"), as: "list")
    let whole = try paths(folder, "@/in", "--files-from", "@/list")
    let parts = try (1...3).map { try paths(folder, "@/in", "--files-from", "@/list", "--shard", "\($0)/3") }
    #expect(parts.flatMap { $0 }.sorted() == whole.sorted() && parts.allSatisfy { !$0.isEmpty })
  }

  @Test func `Files are counted as the images are found`() throws {
    let folder = Workplace()
    for name in ["in/a.jpg", "in/sub/b.jpg", "in/notes.txt"] { folder.put(photo, as: name) }
    folder.put("x\ny\n", as: "list")
    let options = try options(of: .explain, ["-w", "w", "-r", folder.path("in"), "--files-from", folder.path("list")])
    #expect(ImageStream.fileCount(options) == 5)
  }

  // MARK: - Collisions

  @Test func `Two folders with an image of one name`() throws {
    let folder = Workplace()
    for name in ["a/s/x.jpg", "b/s/x.jpg", "a/y.jpg", "b/z.jpg"] { folder.put(photo, as: name) }
    folder.put("notes", as: "a/n.txt")
    folder.put("notes", as: "b/n.txt")
    #expect(try paths(folder, "@/a", "@/b") == ["@/a/y.jpg", "@/b/z.jpg"])
    let error = #expect(throws: InputError.self) { try paths(folder, "-r", "@/a", "@/b") }
    #expect(error?.problem == "would write s/x.jpg.gradcam.png, as would \(folder.path("a/s/x.jpg"))")
  }

  @Test func `A listed image against an operand`() throws {
    let folder = Workplace()
    folder.put("x.jpg\ny.jpg\n", as: "list")
    #expect(try paths(folder, "x.jpg.png", "--files-from", "@/list") == ["x.jpg.png", "!x.jpg", "y.jpg"])
  }

  private static let listed: [(path: String, folder: String)] = [
    ("a/b/x.jpg", "a/b"), ("./a//x.jpg", "a"), ("x.jpg", ""), ("/a/x.jpg", "a"), ("/x.jpg", ""), ("../x.jpg", "%2E%2E"),
    ("a/../../x.jpg", "a/%2E%2E/%2E%2E"), ("%2E%2E/x.jpg", "%252E%2E"), ("%2F/x.jpg", "%252F"), ("-/x.jpg", "-"),
  ]

  @Test(arguments: listed.indices) func `Listed images keep their folders, and none leads out`(_ index: Int) {
    let (path, folder) = Self.listed[index]
    let source = ImageSource(listed: FilePath(path))
    #expect(source.folder == FilePath(folder) && source.name == FilePath("x.jpg"))
  }

  @Test func `A listed dash is a file of that name`() throws {
    let folder = Workplace()
    folder.put("-\n", as: "list")
    #expect(try paths(folder, "--files-from", "@/list") == ["./-"])
  }

  @Test func `A list without a path, and a pipe in a list`() throws {
    let folder = Workplace()
    folder.put("\n\n", as: "list")
    var stream = try stream(["--files-from", folder.path("list")])
    #expect(try stream.next() == nil)
    #expect(stream.finds.emptyFolders == [FilePath(folder.path("list"))])
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    folder.put(folder.path("pipe"), as: "list")
    #expect(try paths(folder, "--files-from", "@/list") == ["!@/pipe: is a named pipe"])
  }

  @Test func `A folder that is not walked through has nothing to collide with`() throws {
    let folder = Workplace()
    for name in ["in/s/x.jpg", "in/y.jpg"] { folder.put(photo, as: name) }
    folder.put("s/x.jpg\n", as: "list")
    #expect(try paths(folder, "@/in", "--files-from", "@/list") == ["@/in/y.jpg", "s/x.jpg"])
    #expect(try paths(folder, "-r", "@/in", "--files-from", "@/list").last == "!s/x.jpg")
  }
}
