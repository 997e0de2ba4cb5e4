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
    while let path = try list.next() { paths.append("\(path)") }
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
    #expect(PathList.count(path, isNULSeparated: true) { _ in true } == nil)
  }

  @Test func `A list between NUL bytes that is read as lines`() throws {
    let folder = Workplace()
    folder.put("a.jpg\0b.jpg\0", as: "list")
    let error = InputError("\(folder.path("list"))", "holds NUL bytes between its paths", remedy: "--null")
    #expect(throws: error) { try list(folder).next() }
  }

  @Test func `A file without separators is no list`() throws {
    let folder = Workplace()
    folder.put([UInt8](repeating: 65, count: 1 << 20), as: "list")
    let error = InputError("\(folder.path("list"))", "holds a line of more than 65536 bytes")
    #expect(throws: error) {
      try list(folder).next()
    }
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
    #expect(try list.next() == FilePath("one"))
    #expect(!list.isAtHand)
    #expect(write(writer, ".jpg\n", 5) == 5)
    #expect(try list.next() == FilePath("two.jpg"))
  }
}
