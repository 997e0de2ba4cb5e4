import ModelFormats
import Testing

/// The committed files that `Scripts/make_fixtures checkpoints` made.
enum Fixture {
  static let folder = FilePath(#filePath).parent.parent.appending(FilePath("Fixtures/checkpoints"))

  static func file(_ name: String) throws -> FileBytes { try FileBytes(path: folder.appending(FilePath(name))) }

  /// What a file must load as, by `Fixture.expect` in the script.
  struct Expected {
    let names: [String]
    let tensors: [String: TensorRecord]

    init(_ name: String) throws {
      let file = try SafetensorsFile(Fixture.file("\(name).expected.safetensors"))
      names = (file.metadata["names"] ?? "").split(separator: "\n").map(String.init)
      tensors = Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0) })
    }
  }

  /// Expects `found` to be the tensors that `name` lists: names, types, shapes and every number.
  static func expect(_ found: [TensorRecord], toBe name: String, ordered: Bool = true) throws {
    let expected = try Expected(name)
    let names = found.map(\.name)
    #expect(ordered ? names == expected.names : names.sorted() == expected.names.sorted())
    for tensor in found {
      let other = try #require(expected.tensors[tensor.name])
      let floats = try #require(expected.tensors["\(tensor.name)@float32"])
      #expect(tensor.type == other.type)
      #expect(tensor.shape == other.shape)
      #expect(tensor.floats().map(\.bitPattern) == floats.floats().map(\.bitPattern), "\(tensor.name)")
    }
  }
}

/// The error that `body` throws.
func inputError(_ body: () throws -> Void) -> InputError? {
  do { try body() } catch let error as InputError { return error } catch {}
  return nil
}

extension Array where Element == UInt8 {
  init(_ number: some FixedWidthInteger) {
    self = Swift.withUnsafeBytes(of: number.littleEndian) { [UInt8]($0) }
  }
}

extension FileBytes {
  /// A copy, which outlives the file.
  var array: [UInt8] { Array(bytes) }
}

extension TensorRecord {
  /// A record over numbers in memory.
  init<Number: BitwiseCopyable>(
    _ numbers: [Number], type: ElementType, shape: [Int], strides: [Int]? = nil, padding: Int = 0
  ) throws {
    let bytes = [UInt8](repeating: 0, count: padding) + numbers.withUnsafeBytes { [UInt8]($0) }
    let file = FileBytes(copying: bytes)
    try self.init(
      name: "t", type: type, shape: shape, strides: strides,
      region: ByteRegion(file, offset: padding, count: bytes.count - padding))
  }
}
