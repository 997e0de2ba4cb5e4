import Glibc
import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// Weights that a model file holds in the engine's own orders.
@Suite struct PackedWeightsTests {
  /// The demo model as `convert` writes it, with `change` made to the file's bytes.
  private func converted(_ change: (inout [UInt8]) -> Void = { _ in }) throws -> Model {
    let path = FilePath("/tmp/gradcam-packed-\(UInt32.random(in: 0 ... .max)).bin")
    try demo().write(to: path, threads: 2)
    defer { path.withCString { _ = unlink($0) } }
    let file = try FileBytes(path: path)
    var bytes = withExtendedLifetime(file) { Array(file.bytes) }
    change(&bytes)
    return try Model.load(FileBytes(copying: bytes))
  }

  private func demo() throws -> Model {
    try Model.load(Fixture.repository.appending(FilePath("models/demo-xray.bin")))
  }

  private func output(_ model: Model) throws -> Tensor {
    var random = SeededRandom(seed: 51)
    let input = Tensor(random.uniform(model.inputShape.count), model.inputShape)
    return try Session(model.graph).forward(input).output
  }

  /// Where a tensor's numbers lie in a safetensors file.
  private func region(_ name: String, packed isPacked: Bool = false, _ bytes: [UInt8]) throws -> Range<Int> {
    let file = try SafetensorsFile(FileBytes(copying: bytes))
    let record = try #require(
      file.tensors.first {
        isPacked ? $0.name.hasPrefix("gradcam.packed.1.f43.1.") && $0.name.hasSuffix("." + name) : $0.name == name
      },
      "\(file.tensors.map(\.name))")
    return record.region.offset..<record.region.offset + record.region.count
  }

  private static let name = "resnet_blocks.0.conv2.weight"

  @Test func `Are used as they are in the file`() throws {
    let expected = try output(demo())
    expectSameBytes(try output(converted()), expected)
    let changed = try converted { bytes in
      guard let region = try? region(Self.name, packed: true, bytes) else { return }
      for index in region { bytes[index] = 0 }
    }
    #expect(try output(changed).logical() != expected.logical(), "the file's own order was not used")
  }

  @Test func `Are passed over in another version`() throws {
    let expected = try output(demo())
    let changed = try converted { bytes in
      guard let region = try? region(Self.name, packed: true, bytes) else { return }
      for index in region { bytes[index] = 0 }
      let text = Array("gradcam.packed.1.".utf8)
      for start in 0..<min(bytes.count, 1 << 16) - text.count
      where bytes[start..<start + text.count].elementsEqual(text) {
        bytes[start + text.count - 2] = UInt8(ascii: "9")
      }
    }
    expectSameBytes(try output(changed), expected)
  }

  /// Weights that somebody changed in the file count, not what was made of the old ones.
  @Test func `Are passed over where the plain weights have changed`() throws {
    let changed = try converted { bytes in
      guard let region = try? region(Self.name, bytes) else { return }
      for index in region { bytes[index] = 0 }
    }
    let plain = try Session(changed.graph, engine: .im2col)
    var random = SeededRandom(seed: 51)
    let input = Tensor(random.uniform(changed.inputShape.count), changed.inputShape)
    expectClose(try output(changed), try plain.forward(input).output, tolerance: 1e-5)
    #expect(try output(changed).logical() != (try output(demo()).logical()))
  }

  @Test func `Are aligned to cache lines`() throws {
    let path = FilePath("/tmp/gradcam-packed-\(UInt32.random(in: 0 ... .max)).bin")
    try demo().write(to: path)
    defer { path.withCString { _ = unlink($0) } }
    let file = try SafetensorsFile(FileBytes(path: path))
    let packed = file.tensors.filter { $0.name.hasPrefix("gradcam.packed.") }
    #expect(packed.count == 16, "\(packed.map(\.name))")
    for record in packed { #expect(record.region.offset % 64 == 0, "\(record.name)") }
  }

  @Test func `Are no weights of the model`() throws {
    let model = try converted()
    #expect(model.tensors.map(\.name).sorted() == (try demo().tensors.map(\.name).sorted()))
    #expect(model.parameterCount == (try demo().parameterCount))
  }

  @Test func `Says which weights are not finite`() throws {
    let path = FilePath("/tmp/gradcam-packed-\(UInt32.random(in: 0 ... .max)).bin")
    defer { path.withCString { _ = unlink($0) } }
    let file = try FileBytes(path: Fixture.repository.appending(FilePath("models/demo-xray.bin")))
    var bytes = withExtendedLifetime(file) { Array(file.bytes) }
    let region = try region("resnet_blocks.1.bn1.bias", bytes)
    for (index, byte) in [0, 0, 0xC0, 0x7F].enumerated() { bytes[region.lowerBound + index] = UInt8(byte) }
    let broken = try Model.load(FileBytes(copying: bytes))
    #expect(broken.warnings.contains { $0.description.contains("resnet_blocks.1.bn1.bias") })
    try broken.write(to: path)
    #expect(try Model.load(path).warnings == broken.warnings)
  }
}
