import Testing

@testable import ModelFormats

/// Damaged ONNX files load or are refused; they never crash, hang, or hand out a tensor beyond its bytes.
@Suite struct ONNXDamageTests {
  /// Reads the bytes and looks at every number and name.
  private func load(_ bytes: [UInt8]) {
    let file = FileBytes(copying: bytes)
    _ = withExtendedLifetime(file) { ONNXModel.looksLikeIt(file.bytes) }
    guard let model = try? ONNXModel(file, folder: ONNXFixture.folder) else { return }
    #expect(model.graph.modulePaths().count == model.graph.nodes.count)
    for tensor in model.graph.initializers + model.graph.nodes.flatMap(\.tensors) {
      #expect(tensor.floats().count == tensor.elementCount)
    }
  }

  @Test(arguments: ONNXFixture.names) func `Files cut short`(name: String) throws {
    let whole = try ONNXFixture.file(name).array
    for count in stride(from: 0, to: whole.count, by: max(1, whole.count / 400)) { load(Array(whole[..<count])) }
  }

  @Test(arguments: ONNXFixture.names) func `Files with bytes changed`(name: String) throws {
    var bytes = try ONNXFixture.file(name).array
    var random = UInt64(bytes.count)
    for _ in 0..<1000 {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let place = Int(random >> 33) % bytes.count
      let before = bytes[place]
      bytes[place] ^= UInt8(truncatingIfNeeded: random >> 25) | 1
      load(bytes)
      bytes[place] = before
    }
  }
}

extension ONNXNode {
  fileprivate var tensors: [TensorRecord] {
    attributes.values.compactMap { if case .tensor(let record) = $0 { record } else { nil } }
  }
}
