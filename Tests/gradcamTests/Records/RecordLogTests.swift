import Glibc
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
    let lines = ["one", "two"].map { "{\"error\":\"x\",\"image\":\"\($0)\"}" }
    for line in lines { try open(folder).append(line) }
    #expect(folder.text("records") == lines.map { "\($0)\n" }.joined())
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

  @Test func `A file that lost its name, was replaced or was cut has lost its records`() throws {
    let folder = Workplace()
    let path = folder.path("records")
    let log = try open(folder)
    try log.append(record)
    #expect(log.loss == nil && log.newLoss() == nil)
    #expect(truncate(path, 3) == 0)
    #expect(log.loss == InputError("\(path)", "was cut while it was written, and records of the run are lost"))
    try log.append(record)
    #expect(log.newLoss() != nil && log.newLoss() == nil)

    let other = try RecordLog(FilePath(folder.path("others")))
    try other.append(record)
    #expect(rename(folder.path("others"), folder.path("moved")) == 0)
    #expect(other.loss != nil && other.newLoss() == nil)
    folder.put(record, as: "others")
    #expect(other.loss != nil)
    #expect(unlink(folder.path("moved")) == 0)
    #expect(other.newLoss() != nil && other.newLoss() == nil)
  }

  @Test func `Lines and their places`() throws {
    let folder = Workplace()
    let texts = (0..<5000).map { "{\"error\":\"\(String(repeating: "y", count: $0 % 700))\",\"image\":\"\($0)\"}" }
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
