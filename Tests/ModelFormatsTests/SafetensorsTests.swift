import Glibc
import Testing

@testable import ModelFormats

@Suite struct SafetensorsTests {
  private func file(_ header: String, data: Int = 0) -> FileBytes {
    file(Array(header.utf8), data: data)
  }

  private func file(_ header: [UInt8], data: Int = 0) -> FileBytes {
    FileBytes(copying: [UInt8](UInt64(header.count)) + header + (0..<data).map { UInt8(truncatingIfNeeded: $0) })
  }

  private func tensor(_ name: String, _ dtype: String, _ shape: [Int], _ begin: Int, _ end: Int) -> String {
    "\"\(name)\":{\"dtype\":\"\(dtype)\",\"shape\":\(shape),\"data_offsets\":[\(begin),\(end)]}"
  }

  // MARK: - Reading

  @Test func `Reads what the reference implementation writes`() throws {
    let plain = try SafetensorsFile(Fixture.file("plain.safetensors"))
    try Fixture.expect(plain.tensors, toBe: "plain", ordered: false)
    #expect(plain.metadata == ["format": "pt", "größe": "zwölf \"Zoll\"\n"])
    try Fixture.expect(SafetensorsFile(Fixture.file("dtypes.safetensors")).tensors, toBe: "dtypes", ordered: false)
    #expect(try SafetensorsFile(Fixture.file("nothing.safetensors")).tensors.isEmpty)
  }

  @Test func `Tensors come in the order of their bytes`() throws {
    let header = "{\(tensor("a", "U8", [2], 4, 6)),\(tensor("b", "F32", [1, 1], 0, 4)),\(tensor("c", "I8", [0], 4, 4))}"
    let read = try SafetensorsFile(file(header, data: 6))
    #expect(read.tensors.map(\.name) == ["b", "c", "a"])
    #expect(read.tensors[2].floats() == [4, 5])
  }

  @Test func `Points into the file instead of copying`() throws {
    let file = try Fixture.file("plain.safetensors")
    for tensor in try SafetensorsFile(file).tensors { #expect(tensor.region.file === file) }
  }

  @Test(arguments: ["{}", "{   }  ", "{\"__metadata__\":{}}", "{\"__metadata__\":{\"a:b\":\"{\\\":\\\\\"}}"])
  func `Reads files without tensors`(header: String) throws {
    #expect(try SafetensorsFile(file(header)).tensors.isEmpty)
  }

  @Test func `Is recognised by its beginning`() {
    func looksLikeIt(_ file: FileBytes) -> Bool { SafetensorsFile.looksLikeIt(file.bytes) }
    #expect(looksLikeIt(file("{}")))
    #expect(!looksLikeIt(file("[]")))
    #expect(!looksLikeIt(FileBytes(copying: [2, 0, 0, 0, 0, 0, 0, 0])))
    #expect(!looksLikeIt(FileBytes(copying: Array("this is {}".utf8))))
  }

  // MARK: - Refusing

  @Test func `Refuses headers of impossible length`() {
    func error(_ length: UInt64, _ rest: [UInt8]) -> String? {
      inputError { _ = try SafetensorsFile(FileBytes(copying: [UInt8](length) + rest)) }?.problem.description
    }
    #expect(error(100_000_001, [])?.contains("100000000 are the most") == true)
    #expect(error(.max, [])?.contains("damaged") == true)
    #expect(error(3, Array("{}".utf8)) == "is cut short: its header has 3 bytes, and 2 are there")
    #expect(
      inputError { _ = try SafetensorsFile(FileBytes(copying: [1, 2])) }?.problem.description.contains("cut short")
        == true)
  }

  @Test(arguments: [
    ("", "cannot be read"), ("[]", "cannot be read"), ("{", "cannot be read"), ("{}}", "cannot be read"),
    ("{\"a\":1}", "cannot be read: a"), ("{\"a\":{}}", "cannot be read"),
    ("{\"__metadata__\":{\"a\":1}}", "__metadata__"), ("{\"__metadata__\":[]}", "__metadata__"),
    ("{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0]}}", "two data_offsets"),
    ("{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4],\"more\":{\"x\":1}}}", "two data_offsets"),
    ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", "cannot be read"),
    ("{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,18446744073709551616]}}", "cannot be read"),
    ("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", "one name twice"),
    ("{\"__metadata__\":{},\"__metadata__\":{}}", "one name twice"),
    ("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}", "one name twice"),
  ])
  func `Refuses headers that are not ones`(header: String, problem: String) {
    let error = inputError { _ = try SafetensorsFile(file(header, data: 4)) }
    #expect(error?.problem.description.contains(problem) == true, "\(error?.description ?? "none")")
  }

  @Test func `Refuses headers that are not UTF-8`() {
    let error = inputError { _ = try SafetensorsFile(file(Array("{\"".utf8) + [0xff] + Array("\":{}}".utf8))) }
    #expect(error?.problem.description.contains("not UTF-8") == true)
    let wide = "{}".utf16.flatMap { [UInt8]($0) }
    #expect(inputError { _ = try SafetensorsFile(file(wide)) }?.problem.description.contains("not UTF-8") == true)
  }

  @Test func `Refuses a nest without end`() {
    let nest = "{\"a\":" + String(repeating: "[", count: 100_000)
    #expect(inputError { _ = try SafetensorsFile(file(nest)) } != nil)
  }

  @Test func `Refuses headers of millions of parts`() {
    let header = "{\"a\":[" + String(repeating: "0,", count: SafetensorsFile.partLimit) + "0]}"
    #expect(inputError { _ = try SafetensorsFile(file(header)) }?.problem.description.contains("parts") == true)
  }

  @Test func `Refuses names that occur twice`() {
    let header = "{\(tensor("a", "U8", [1], 0, 1)),\(tensor("a", "U8", [1], 1, 2))}"
    #expect(
      inputError { _ = try SafetensorsFile(file(header, data: 2)) }?.problem.description.contains("one name twice")
        == true)
    let escaped = "{\(tensor("a", "U8", [1], 0, 1)),\(tensor("\\u0061", "U8", [1], 1, 2))}"
    #expect(
      inputError { _ = try SafetensorsFile(file(escaped, data: 2)) }?.problem.description.contains("one name twice")
        == true)
  }

  /// Each with the tensors of a file of 8 bytes, and what is wrong with them.
  @Test(arguments: [
    ([("F8_E5M2", [8], 0, 8)], "the type F8_E5M2, which is not read"),
    ([("F32", [2], 0, 4)], "needs 8 bytes, and its data has 4"),
    ([("F32", [1], 0, 8)], "has 8 bytes"),
    ([("F32", [-1], 0, 8)], "negative size"),
    ([("F32", [1 << 40, 1 << 40], 0, 8)], "absurd shape"),
    ([("U8", [1 << 62, 4], 0, 8)], "absurd shape"),
    ([("F32", [1], 4, 8)], "leaves a gap"),
    ([("F32", [2], 0, 8), ("F32", [1], 4, 8)], "overlaps"),
    ([("F32", [1], 0, 4), ("U8", [2], 6, 8)], "leaves a gap"),
    ([("F32", [4], 0, 16)], "cut short: tensor t0 ends at byte 16 of 8"),
    ([("F32", [1], 0, 4)], "4 bytes after its last tensor"),
    ([("F32", [0], 0, 0)], "8 bytes after its last tensor"),
    ([("F32", [2], 8, 0)], "claims bytes 8 to 0"),
    ([("F32", [2], -8, 0)], "claims bytes -8 to 0"),
    ([("F32", [2], 0, .max)], "cut short"),
  ])
  func `Refuses tensors that do not fit`(tensors: [(String, [Int], Int, Int)], problem: String) {
    let entries = tensors.enumerated().map { tensor("t\($0)", $1.0, $1.1, $1.2, $1.3) }
    let error = inputError { _ = try SafetensorsFile(file("{\(entries.joined(separator: ","))}", data: 8)) }
    #expect(error?.problem.description.contains(problem) == true, "\(error?.description ?? "none")")
  }
}

@Suite struct SafetensorsWriterTests {
  private let numbers = FileBytes(copying: (0..<128).map { UInt8($0) })

  private func bytes(_ count: Int) -> UnsafeRawBufferPointer {
    precondition(count <= numbers.count, "more bytes than there are")
    return UnsafeRawBufferPointer(rebasing: numbers.bytes[..<count])
  }

  @Test func `Writes what it reads`() throws {
    let metadata = ["b": "quote \" back \\ line \n null \0 größe 😀", "a": "", "\"": "{:}"]
    let tensors: [SafetensorsWriter.Tensor] = [
      ("odd", .uint8, [3], bytes(3)), ("größe \"x\"", .float32, [2, 2], bytes(16)), ("wide", .int64, [], bytes(8)),
      ("half", .bfloat16, [5], bytes(10)), ("empty", .float32, [0, 4], bytes(0)), ("b", .float32, [1], bytes(4)),
      ("lines", .float32, [32], bytes(128)),
    ]
    let encoded = try SafetensorsWriter.encode(tensors: tensors, metadata: metadata)
    let file = FileBytes(copying: encoded)
    let read = try SafetensorsFile(file)
    #expect(read.metadata == metadata)
    #expect(read.tensors.map(\.name) == ["empty", "lines", "wide", "b", "größe \"x\"", "half", "odd"])
    for (name, type, shape, bytes) in tensors {
      let found = try #require(read.tensors.first { $0.name == name })
      #expect(found.type == type && found.shape == shape && found.region.bytes.elementsEqual(bytes))
      #expect(found.region.offset % (bytes.count % 64 == 0 ? 64 : type.size) == 0)
    }
    #expect(read.tensors.first?.region.offset.isMultiple(of: 64) == true)
    #expect(encoded == (try SafetensorsWriter.encode(tensors: tensors.reversed(), metadata: metadata)))
  }

  @Test func `Writes files`() throws {
    let path = FilePath("/tmp/gradcam-writer-\(UInt64.random(in: 0 ... .max)).safetensors")
    defer { _ = path.withCString { remove($0) } }
    try SafetensorsWriter.write(tensors: [("a", .float32, [2], bytes(8))], metadata: ["x": "y"], to: path)
    let expected = try SafetensorsWriter.encode(tensors: [("a", .float32, [2], bytes(8))], metadata: ["x": "y"])
    #expect(try FileBytes(path: path).array == expected)
  }

  @Test func `Writes files of nothing`() throws {
    let encoded = try SafetensorsWriter.encode(tensors: [], metadata: [:])
    #expect(encoded.count == 64)
    #expect(try SafetensorsFile(FileBytes(copying: encoded)).tensors.isEmpty)
  }

  @Test func `Refuses names that the format cannot hold`() {
    let twice: [SafetensorsWriter.Tensor] = [("a", .uint8, [1], bytes(1)), ("a", .uint8, [1], bytes(1))]
    #expect(throws: InputError.self) { try SafetensorsWriter.encode(tensors: twice, metadata: [:]) }
    let reserved: [SafetensorsWriter.Tensor] = [("__metadata__", .uint8, [1], bytes(1))]
    #expect(throws: InputError.self) { try SafetensorsWriter.encode(tensors: reserved, metadata: [:]) }
  }

  @Test func `Says where it cannot write`() {
    let error = inputError {
      try SafetensorsWriter.write(tensors: [], metadata: [:], to: FilePath("/nowhere/at/all.safetensors"))
    }
    #expect(error?.subject == "/nowhere/at/all.safetensors")
  }
}
