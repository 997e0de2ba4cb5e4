import TestSupport
import Testing

@testable import ModelFormats

/// Damaged ONNX files load or are refused; they never crash, hang, or hand out a tensor beyond its bytes.
@Suite struct ONNXDamageTests {
  private static var files: [[UInt8]] { get throws { try ONNXFixture.names.map { try ONNXFixture.file($0).array } } }

  /// Reads the bytes and looks at every number and name.
  private func load(_ bytes: [UInt8]) throws {
    let file = FileBytes(copying: bytes)
    _ = withExtendedLifetime(file) { ONNXModel.looksLikeIt(file.bytes) }
    let model = try ONNXModel(file, folder: ONNXFixture.folder)
    #expect(model.graph.modulePaths().count == model.graph.nodes.count)
    for tensor in model.graph.initializers + model.graph.nodes.flatMap(\.tensors) {
      #expect(tensor.floats().count == tensor.elementCount)
    }
  }

  @Test func `Files whole and cut short`() throws {
    let files = try Self.files.lazy.flatMap { [$0] + Damage.cuts($0, about: 400) }
    #expect(Damage.outcome(files, load) == .init(read: 17, refused: 2913))
  }

  @Test func `Files with bytes changed`() throws {
    let files = try Self.files.lazy.flatMap { Damage.changes($0, count: 1000) }
    #expect(Damage.outcome(files, load) == .init(read: 1842, refused: 5158))
  }
}

extension ONNXNode {
  fileprivate var tensors: [TensorRecord] {
    attributes.values.compactMap { if case .tensor(let record) = $0 { record } else { nil } }
  }
}
