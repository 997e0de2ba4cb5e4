import Glibc
import ModelFormats
import Testing

@testable import gradcam

@Suite struct PathListTests {
  private func list(_ folder: Workplace, isNULSeparated: Bool = false) throws -> PathList {
    try PathList(FilePath(folder.path("list")), isNULSeparated: isNULSeparated, stop: StopRequest())
  }

  private func paths(_ list: PathList) throws -> [String] {
    var paths: [String] = []
    while let entry = try list.next() {
      switch entry {
      case .path(let path): paths.append("\(path)")
      case .faulty(let line, let error):
        paths.append("!\(line.lastComponent): \(error.problem)")
        #expect(error.subject == "\(line)")
      }
    }
    return paths
  }

  @Test func `Lines, with either end, and the last without one`() throws {
    let folder = Workplace()
    folder.put("a b.jpg\r\n\n-c\nd e\nlast", as: "list")
    #expect(try paths(try list(folder)) == ["a b.jpg", "-c", "d e", "last"])
    folder.put("a\nb\0\0c\r\0", as: "list")
    #expect(try paths(try list(folder, isNULSeparated: true)) == ["a\nb", "c\r"])
  }

  @Test func `Paths across the pieces that are read`() throws {
    let folder = Workplace()
    let names = (0..<30_000).map { "folder/with/some/length/\($0).jpg" }
    folder.put(names.joined(separator: "\n"), as: "list")
    #expect(try paths(try list(folder)) == names)
    let path = FilePath(folder.path("list"))
    #expect(PathList.count(path, isNULSeparated: false) { _ in true } == 30_000)
    #expect(PathList.count(path, isNULSeparated: false) { "\($0)".hasSuffix("7.jpg") } == 3_000)
    #expect(PathList.count(path, isNULSeparated: true) { _ in true } == 1)
  }

  @Test func `Lines that can be no path are told by their numbers, and the list goes on`() throws {
    let folder = Workplace()
    func long(_ count: Int) -> String { String(repeating: "x", count: count) }
    folder.put("a\n\nb\0c\0\n\(long(4096))\n\(long(4095))\n\(long(1 << 20))\nd\r\n\(long(70_000))", as: "list")
    #expect(
      try paths(try list(folder)) == [
        "a", "!list:3: holds NUL bytes", "!list:4: has 4,096 bytes, and no path more than 4,095", long(4095),
        "!list:6: has 1,048,576 bytes, and no path more than 4,095", "d",
        "!list:8: has 70,000 bytes, and no path more than 4,095",
      ])
    #expect(PathList.count(FilePath(folder.path("list")), isNULSeparated: false) { _ in true } == 7)
    folder.put("a\0\(long(200_000))\0b", as: "list")
    #expect(
      try paths(try list(folder, isNULSeparated: true)) == [
        "a", "!list:2: has 200,000 bytes, and no path more than 4,095", "b",
      ])
    // Between NUL bytes, but read as lines.
    folder.put(String(repeating: "a.jpg\0", count: 10_000), as: "list")
    #expect(try paths(try list(folder)) == ["!list:1: holds NUL bytes"])
  }

  @Test(arguments: ["photo.jpg", "tiny.png"]) func `An image is no list`(_ name: String) throws {
    let folder = Workplace()
    folder.put(Workplace.fixture(name), as: "list")
    let error = InputError(
      "\(folder.path("list"))", "is an image, and no list of images", remedy: "name it without --files-from")
    #expect(throws: error) { try list(folder) }
  }

  @Test func `A path is handed out before the next is written`() throws {
    let folder = Workplace()
    #expect(mkfifo(folder.path("list"), 0o600) == 0)
    // Opened for both, so that neither side waits for the other.
    let writer = open(folder.path("list"), O_RDWR)
    defer { close(writer) }
    let list = try list(folder)
    #expect(!list.isAtHand)
    #expect(write(writer, "one\ntwo", 7) == 7)
    #expect(list.isAtHand)
    #expect(try list.next() == .path(FilePath("one")))
    #expect(!list.isAtHand)
    #expect(write(writer, ".jpg\n", 5) == 5)
    #expect(try list.next() == .path(FilePath("two.jpg")))
  }
}
