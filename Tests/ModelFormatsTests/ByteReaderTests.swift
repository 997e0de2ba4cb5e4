import Testing

@testable import ModelFormats

@Suite struct ByteReaderTests {
  private func reader(_ bytes: [UInt8]) -> ByteReader { ByteReader(FileBytes(copying: bytes).region) }

  @Test func `Reads little-endian numbers one after the other`() throws {
    var reader = reader([1, 2, 1, 0xfe, 0xff, 0xff, 0xff, 9])
    #expect(try reader.read(UInt8.self) == 1)
    #expect(try reader.read(UInt16.self) == 0x102)
    #expect(try reader.read(Int32.self) == -2)
    #expect(reader.remaining == 1)
  }

  @Test func `Does not read past the end`() throws {
    var reader = reader([1, 2, 3])
    #expect(throws: InputError.self) { try reader.read(UInt32.self) }
    #expect(throws: InputError.self) { try reader.take(4) }
    #expect(throws: InputError.self) { try reader.take(-1) }
    #expect(throws: InputError.self) { try reader.take(.max) }
    #expect(throws: InputError.self) { try reader.seek(to: 4) }
    #expect(throws: InputError.self) { try reader.seek(to: -1) }
    #expect(throws: InputError.self) { try reader.takeLine() }
    #expect(reader.position == 0)
    #expect(try reader.take(3).count == 3)
  }

  @Test func `Refuses lengths that no file has`() {
    var reader = reader([UInt8](repeating: 0xff, count: 16))
    #expect(throws: InputError.self) { try reader.readCount(UInt64.self) }
    #expect(throws: InputError.self) { try reader.readCount(Int32.self) }
  }

  @Test func `Takes lines`() throws {
    var reader = reader(Array("os\nsystem\n".utf8))
    #expect(try reader.readLine() == "os")
    #expect(try reader.readLine() == "system")
    #expect(reader.remaining == 0)
  }

  @Test func `Names are shown without control characters, and not without end`() {
    #expect("größe\u{1b}[31m\n".printable == "größe\\u{1B}[31m\\n")
    #expect(String(repeating: "x", count: 1000).printable.count == 121)
  }
}
