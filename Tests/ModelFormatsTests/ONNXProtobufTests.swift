import TestSupport
import Testing

@testable import ModelFormats

@Suite struct ONNXProtobufTests {
  private func fields(_ wire: Wire) throws -> [ProtobufField] {
    var reader = ProtobufReader(wire.region, message: "test")
    var fields: [ProtobufField] = []
    while let field = try reader.next() { fields.append(field) }
    return fields
  }

  @Test func `Reads every wire type`() throws {
    let found = try fields(
      Wire().int(1, 300).fixed64(2, 7).string(3, "grün").fixed32(536_870_911, (1.5 as Float).bitPattern))
    #expect(found.map(\.number) == [1, 2, 3, 536_870_911])
    #expect(try found[0].int() == 300)
    guard case .fixed64(7) = found[1].value else { throw InputError("", "no fixed64") }
    #expect(try found[2].string() == "grün")
    #expect(try found[3].float() == 1.5)
    #expect(try fields(Wire()).isEmpty)
  }

  @Test(arguments: [0, 1, 127, 128, 1 << 31, Int.max, -1, Int.min]) func `Reads integers`(value: Int) throws {
    #expect(try fields(Wire().int(1, value))[0].int() == value)
  }

  @Test func `Reads repeated numbers in both forms`() throws {
    var ints: [Int] = []
    let packed = [1, 300, -1].flatMap { Wire.varint(UInt64(bitPattern: Int64($0))) }
    for field in try fields(Wire().int(1, 5).bytes(1, packed).int(1, 6)) { try field.appendInts(to: &ints) }
    #expect(ints == [5, 1, 300, -1, 6])
    var floats: [Float] = []
    let bits = [UInt8]((2.5 as Float).bitPattern) + [UInt8]((-1 as Float).bitPattern)
    for field in try fields(Wire().bytes(1, bits).fixed32(1, 0)) { try field.appendFloats(to: &floats) }
    #expect(floats == [2.5, -1, 0])
  }

  @Test(
    arguments: [
      ([0x00], "is damaged: it numbers a field 0 before byte 1, in its test"),
      ([0x0b], "is damaged: it has a group, which no ONNX file has, before byte 1, in its test"),
      ([0x0c], "is damaged: it has a group, which no ONNX file has, before byte 1, in its test"),
      ([0x0e], "is damaged: it has a field of the wire type 6 before byte 1, in its test"),
      ([0x80], "is cut short or damaged: 1 bytes are due at byte 1, and 0 are left"),
      ([0x0a, 5, 1], "is cut short or damaged: field 1 of its test has 5 bytes, and 1 are left"),
      ([0x0d, 1, 2], "is cut short or damaged: 4 bytes are due at byte 1, and 2 are left"),
      ([0x09, 1, 2], "is cut short or damaged: 8 bytes are due at byte 1, and 2 are left"),
      (
        [0x0a] + [UInt8](repeating: 0xff, count: 9) + [1],
        "is cut short or damaged: field 1 of its test has 18446744073709551615 bytes, and 0 are left"
      ),
      ([UInt8](repeating: 0xff, count: 10), "is damaged: the number before byte 10 has more than 64 bits"),
      ([UInt8](repeating: 0x80, count: 12), "is damaged: the number before byte 10 has more than 64 bits"),
    ] as [([UInt8], String)])
  func `Refuses what is no message`(bytes: [UInt8], problem: String) {
    #expect(inputError { _ = try fields(Wire(bytes: bytes)) }?.problem.description == problem)
  }

  @Test func `Refuses fields of the wrong type`() throws {
    let int = try fields(Wire().int(4, 1))[0]
    let text = try fields(Wire().bytes(4, [0xff]))[0]
    #expect(inputError { _ = try int.string() }?.problem == "is damaged: field 4 of its test is not bytes")
    #expect(inputError { _ = try int.float() }?.problem == "is damaged: field 4 of its test is not a float")
    #expect(inputError { _ = try text.int() }?.problem == "is damaged: field 4 of its test is not an integer")
    #expect(
      inputError { _ = try text.string() }?.problem
        == "is damaged: field 4 of its test is text that is not UTF-8")
  }
}
