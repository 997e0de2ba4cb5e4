import ModelFormats
import Testing

@testable import gradcam

@Suite struct RecordLogTests {
  private let record = #"{"error":"x","image":"a"}"#

  private func open(_ folder: Workplace, isRenewed: Bool = false) throws -> RecordLog {
    try RecordLog(FilePath(folder.path("records")), isRenewed: isRenewed)
  }

  @Test func `Lines are appended`() throws {
    let folder = Workplace()
    for line in ["one", "two"] { try open(folder).append("{\"\(line)\"}") }
    #expect(folder.text("records") == "{\"one\"}\n{\"two\"}\n")
    try open(folder, isRenewed: true).append("{}")
    #expect(folder.text("records") == "{}\n")
  }

  @Test(arguments: [0, 1, 10, 24]) func `A torn line is taken away`(_ count: Int) throws {
    let folder = Workplace()
    let torn = String(record.prefix(count))
    folder.put("\(record)\n\(torn)", as: "records")
    let file = try open(folder)
    #expect(
      file.repair
        == (count == 0 ? nil : "the last line, \(count) bytes of a record that was not finished, was taken away"))
    try file.append("{}")
    #expect(folder.text("records") == "\(record)\n{}\n")
  }

  @Test func `A whole record without its line feed is kept`() throws {
    let folder = Workplace()
    folder.put(record, as: "records")
    let file = try open(folder)
    #expect(file.repair == "the last record had no line's end, which it got")
    try file.append("{}")
    #expect(folder.text("records") == "\(record)\n{}\n")
  }

  @Test func `A long torn line, longer than what is read at once`() throws {
    let folder = Workplace()
    folder.put("\(record)\n{\"image\":\"\(String(repeating: "x", count: 200_000))", as: "records")
    _ = try open(folder)
    #expect(folder.text("records") == "\(record)\n")
  }

  @Test func `A second run is refused while the first lives`() throws {
    let folder = Workplace()
    let first = try open(folder)
    let error = InputError(
      "\(folder.path("records"))", "is being written by another run", remedy: "another file, or wait for that run")
    #expect(throws: error) { try open(folder) }
    withExtendedLifetime(first) {}
  }

  @Test(arguments: ["notes\n", "\u{89}PNG", "[\n{}\n]\n"]) func `A file of another kind stays as it is`(
    _ content: String
  ) throws {
    let folder = Workplace()
    folder.put(content, as: "records")
    #expect(throws: InputError.self) { try open(folder) }
    #expect(folder.text("records") == content)
  }

  @Test func `Lines and their places`() throws {
    let folder = Workplace()
    let texts = (0..<5000).map { "{\"\($0)\":\"\(String(repeating: "y", count: $0 % 700))\"}" }
    folder.put(texts.joined(separator: "\n") + "\n", as: "records")
    let file = try open(folder)
    let lines = try #require(try file.lines())
    var read: [(Int, String)] = []
    while let line = try lines.next() { read.append((line.place, String(decoding: line.bytes, as: UTF8.self))) }
    #expect(read.map(\.1) == texts)
    for (place, line) in read where line.count % 97 == 0 {
      #expect(String(decoding: lines.line(at: place), as: UTF8.self) == line)
    }
  }
}
