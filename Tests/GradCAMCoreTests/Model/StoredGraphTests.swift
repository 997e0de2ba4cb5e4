import Glibc
import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// The graph's binary form in a model file.
@Suite struct StoredGraphTests {
  /// A network from ONNX as `convert` writes it.
  private func bytes() throws -> [UInt8] {
    let model = try Model.load(Fixture.folder.appending(FilePath("networks/branches-current.onnx")))
    let path = FilePath("/tmp/gradcam-graph-\(UInt32.random(in: 0 ... .max)).bin")
    defer { path.withCString { _ = unlink($0) } }
    try model.write(to: path)
    let file = try FileBytes(path: path)
    return withExtendedLifetime(file) { Array(file.bytes) }
  }

  private func graph(_ bytes: [UInt8]) throws -> TensorRecord {
    let file = try SafetensorsFile(FileBytes(copying: bytes))
    return try #require(file.tensors.first(where: StoredGraph.isOne))
  }

  private func output(_ bytes: [UInt8]) throws -> Tensor {
    let model = try Model.load(FileBytes(copying: bytes))
    var random = SeededRandom(seed: 51)
    return try Session(model.graph).forward(Tensor(random.uniform(model.inputShape.count), model.inputShape)).output
  }

  /// The header's text changed to another of the same length.
  private func replaced(_ text: String, by other: String, _ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    let (text, other) = (Array(text.utf8), Array(other.utf8))
    for start in 0..<bytes.count - text.count where bytes[start..<start + text.count].elementsEqual(text) {
      bytes.replaceSubrange(start..<start + text.count, with: other)
    }
    return bytes
  }

  @Test func `A flipped bit is an error`() throws {
    var bytes = try bytes()
    let region = try graph(bytes).region
    bytes[region.offset + region.count / 2] ^= 4
    let error = #expect(throws: InputError.self) { try Model.load(FileBytes(copying: bytes)) }
    #expect(error.map { "\($0)" }?.contains("is damaged: its graph is not what gradcam convert wrote") == true)
  }

  @Test func `Of another version, or beside other JSON, it is passed over`() throws {
    let bytes = try bytes()
    let expected = try output(bytes)
    let newer = replaced("gradcam.packed.graph.1.", by: "gradcam.packed.graph.9.", bytes)
    expectSameBytes(try output(newer), expected)
    #expect(try Model.load(FileBytes(copying: newer)).records?.graph.nodes.first?.name.isEmpty == false)
    // Somebody who changes the JSON on purpose takes the digests out.
    let edited = replaced("gradcam.digests", by: "gradcam.forgott", replaced("Relu", by: "Elu ", bytes))
    let error = #expect(throws: InputError.self) { try Model.load(FileBytes(copying: edited)) }
    #expect(error.map { "\($0)" }?.contains("Elu ") == true)
  }

  @Test func `Model files of earlier versions have none and are read`() throws {
    let model = try Model.load(Fixture.repository.appending(FilePath("models/demo-xray.bin")))
    #expect(model.records == nil)
  }
}
