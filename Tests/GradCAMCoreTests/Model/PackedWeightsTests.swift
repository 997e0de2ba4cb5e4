import Glibc
import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// Weights that a model file holds in the engine's own orders.
@Suite struct PackedWeightsTests {
  /// The demo model as `convert` writes it, with `change` made to the file's bytes.
  private func converted(_ change: (inout [UInt8]) -> Void = { _ in }) throws -> Model {
    var bytes = try bytes(of: demo())
    change(&bytes)
    return try Model.load(FileBytes(copying: bytes))
  }

  /// A model's file.
  private func bytes(of model: Model) throws -> [UInt8] {
    let path = FilePath("/tmp/gradcam-packed-\(UInt32.random(in: 0 ... .max)).bin")
    defer { path.withCString { _ = unlink($0) } }
    try model.write(to: path, threads: 2)
    let file = try FileBytes(path: path)
    return withExtendedLifetime(file) { Array(file.bytes) }
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
        isPacked ? $0.name.hasPrefix("gradcam.packed.2.f43.1.") && $0.name.hasSuffix("." + name) : $0.name == name
      },
      "\(file.tensors.map(\.name))")
    return record.region.offset..<record.region.offset + record.region.count
  }

  private static let name = "resnet_blocks.0.conv2.weight"

  /// A file's text changed to another of the same length, wherever it stands in the header.
  private static func replace(_ text: String, by other: String, _ bytes: inout [UInt8]) {
    let (text, other) = (Array(text.utf8), Array(other.utf8))
    for start in 0..<min(bytes.count, 1 << 16) - text.count
    where bytes[start..<start + text.count].elementsEqual(text) {
      bytes.replaceSubrange(start..<start + text.count, with: other)
    }
  }

  /// What somebody does who changes weights on purpose.
  private static func forgetDigests(_ bytes: inout [UInt8]) {
    replace("gradcam.digests", by: "gradcam.forgott", &bytes)
  }

  /// What is wrong with a file of which one bit in the middle of a tensor is flipped: at load, or once the network has run.
  private func damage(_ name: String, packed isPacked: Bool = false) throws -> String? {
    do {
      let model = try converted { bytes in
        guard let region = try? region(name, packed: isPacked, bytes) else { return }
        bytes[region.lowerBound + region.count / 8 * 4 + 1] ^= 1
      }
      _ = try output(model)
      try model.requireIntact()
      return nil
    } catch let error as InputError {
      return error.description
    }
  }

  @Test(arguments: [name, "resnet_blocks.0.conv1.weight", "resnet_blocks.4.shortcut.0.weight", "classifier.0.weight"])
  func `A flipped bit is seen`(_ name: String) throws {
    #expect(try damage(name)?.contains(name) == true)
  }

  @Test func `A flipped bit in the engine's own order is seen`() throws {
    #expect(try damage(Self.name, packed: true)?.contains(Self.name) == true)
  }

  @Test func `All parts are looked at when that is asked for`() throws {
    try converted().requireWhole(threads: 2)
    let names = try demo().tensors.map(\.name)
    #expect(names.count > 50)
    for (name, isPacked) in [(names[0], false), (Self.name, false), (Self.name, true)] as [(String, Bool)] {
      #expect(throws: InputError.self) {
        try converted { bytes in
          guard let region = try? region(name, packed: isPacked, bytes) else { return }
          bytes[region.upperBound - 1] ^= 0x80
        }.requireWhole()
      }
    }
  }

  @Test(arguments: [("opacity", "opacitx"), ("gradcam.digests", "gradcam.digest2")])
  func `Changed metadata are seen, and digests that are gone are not missed`(_ text: String, _ other: String) throws {
    let load = { try converted { Self.replace(text, by: other, &$0) } }
    if text == "opacity" {
      let error = #expect(throws: InputError.self) { try load() }
      #expect(error?.problem.description.hasPrefix("is damaged: its metadata") == true)
    } else {
      expectSameBytes(try output(load()), try output(demo()))
    }
  }

  @Test func `Damaged weights are not converted`() throws {
    let path = FilePath("/tmp/gradcam-packed-\(UInt32.random(in: 0 ... .max)).bin")
    let model = try converted { bytes in
      guard let region = try? region(Self.name, packed: true, bytes) else { return }
      bytes[region.lowerBound] ^= 1
    }
    #expect(throws: InputError.self) { try model.write(to: path) }
    #expect(FileVersion(path) == nil)
  }

  @Test func `Are used as they are in the file`() throws {
    let expected = try output(demo())
    expectSameBytes(try output(converted()), expected)
    let changed = try converted { bytes in
      guard let region = try? region(Self.name, packed: true, bytes) else { return }
      for index in region { bytes[index] = 0 }
    }
    #expect(try output(changed).logical() != expected.logical(), "the file's own order was not used")
    #expect(throws: InputError.self) { try changed.requireIntact() }
  }

  @Test func `Are passed over in another version`() throws {
    let expected = try output(demo())
    let changed = try converted { bytes in
      guard let region = try? region(Self.name, packed: true, bytes) else { return }
      for index in region { bytes[index] = 0 }
      Self.replace("gradcam.packed.2.", by: "gradcam.packed.9.", &bytes)
    }
    expectSameBytes(try output(changed), expected)
    try changed.requireIntact()
  }

  /// As earlier versions wrote them, with a sample of the plain weights in the place of digests.
  @Test func `Are used in version 1`() throws {
    let file = try SafetensorsFile(FileBytes(copying: try bytes(of: converted())))
    let expected = try output(demo())
    for isChanged in [false, true] {
      var list: [(name: String, type: ElementType, shape: [Int], bytes: FileBytes)] = []
      for record in file.tensors {
        let parts = record.name.split(separator: ".", maxSplits: 7).map(String.init)
        var (name, bytes) = (record.name, Array(record.region.bytes))
        if record.name.hasPrefix("gradcam.packed.2.") {
          let plain = try #require(file.tensors.first { $0.name == parts[7] })
          let weight = ConvolutionWeight(Tensor(plain.floats(), Shape(plain.shape)), groups: 1)
          name = "gradcam.packed.1.\(parts[3]).\(parts[4]).\(weight.sample).\(parts[7])"
          if isChanged { bytes = [UInt8](repeating: 0, count: bytes.count) }
        }
        list.append((name, record.type, record.shape, FileBytes(copying: bytes)))
      }
      let encoded = try SafetensorsWriter.encode(
        tensors: list.map { ($0.name, $0.type, $0.shape, $0.bytes.bytes) },
        metadata: file.metadata.filter { $0.key != "gradcam.digests" })
      let model = try withExtendedLifetime(list) { try Model.load(FileBytes(copying: encoded)) }
      #expect(try (output(model).logical() == expected.logical()) == !isChanged)
      try model.requireWhole()
    }
  }

  /// Weights that somebody changed in the file count, not what was made of the old ones.
  @Test func `Are passed over where the plain weights have changed`() throws {
    let changed = try converted { bytes in
      guard let region = try? region(Self.name, bytes) else { return }
      // One that no sample would hold.
      bytes[region.lowerBound + 4 * 5 + 3] ^= 0x80
      Self.forgetDigests(&bytes)
    }
    let plain = try Session(changed.graph, engine: .im2col)
    var random = SeededRandom(seed: 51)
    let input = Tensor(random.uniform(changed.inputShape.count), changed.inputShape)
    expectClose(try output(changed), try plain.forward(input).output, tolerance: 1e-5)
    #expect(try output(changed).logical() != (try output(demo()).logical()))
    try changed.requireIntact()
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
