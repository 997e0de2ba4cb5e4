import Foundation
import TestSupport
import Testing

@testable import ModelFormats

/// A graph's binary form beside its JSON.
@Suite struct ONNXGraphBinaryTests {
  /// Networks by both of PyTorch's exporters, and graphs with branches and loops.
  static let models: [String] = ["networks", "graph", "endings"].flatMap { folder in
    let path = TestSupport.Fixture.folder.appending(FilePath(folder)).description
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { $0.hasSuffix(".onnx") }.sorted().map { "\(folder)/\($0)" }
  }

  private func model(_ name: String) throws -> ONNXModel {
    let path = TestSupport.Fixture.folder.appending(FilePath(name))
    return try ONNXModel(try FileBytes(path: path), folder: path.parent)
  }

  private func region(_ bytes: [UInt8]) -> ByteRegion { FileBytes(copying: bytes).region }

  /// All that a graph says.
  private func description(_ graph: ONNXGraph) -> String {
    let nodes = zip(graph.nodes, graph.modulePaths()).map { node, path in
      let attributes = node.attributes.sorted { $0.key < $1.key }.map { name, attribute in
        switch attribute {
        case .graph(let body): "\(name): \(description(body))"
        case .tensor(let tensor): "\(name): \(tensor.shape) \(tensor.type) \(tensor.floats())"
        default: "\(name): \(attribute)"
        }
      }
      return "\(node.name) \(node.domain) \(node.opType) \(node.opset) \(node.inputs) \(node.outputs) \(node.captures) "
        + "\(attributes) \(node.metadata.sorted { $0.key < $1.key }) \(path.map { "\($0)" } ?? "nowhere")"
    }
    let inputs = graph.inputs.map { "\($0.name) \($0.elementType.map { "\($0)" } ?? "?") \($0.dimensions ?? [])" }
    return "\(nodes) \(inputs) \(graph.outputs.map(\.name)) \(graph.initializers.map(\.name)) \(graph.unread)"
  }

  @Test(arguments: models) func `Both forms give one graph`(_ name: String) throws {
    let (json, tensors) = try model(name).graphJSON()
    let plain = try ONNXModel(json: json, tensors: tensors)
    let binary = try ONNXModel(binary: region(plain.graphBinary()), json: json, tensors: tensors)
    #expect(description(binary.graph) == description(plain.graph))
    #expect(binary.explainedOutput == plain.explainedOutput)
    // Written again, the exporter's metadata are still there.
    #expect(try binary.graphJSON().json == json)
    #expect(try binary.graphBinary() == plain.graphBinary())
  }

  @Test func `There are graphs to compare`() { #expect(Self.models.count > 20) }

  @Test func `The explained output is kept`() throws {
    var model = try model(Self.models[0])
    model.explainedOutput = "another"
    let (json, tensors) = try model.graphJSON()
    let binary = try ONNXModel(binary: region(model.graphBinary()), json: json, tensors: tensors)
    #expect(binary.explainedOutput == "another" && json.contains("\"explained\":\"another\""))
  }

  @Test func `What is cut short or has more behind it is refused`() throws {
    let (json, tensors) = try model(Self.models[0]).graphJSON()
    let bytes = try ONNXModel(json: json, tensors: tensors).graphBinary()
    for count in stride(from: 0, to: bytes.count, by: max(bytes.count / 200, 1)) {
      #expect(throws: InputError.self) {
        _ = try ONNXModel(binary: region(Array(bytes.prefix(count))), json: json, tensors: tensors)
      }
    }
    #expect(throws: InputError.self) {
      _ = try ONNXModel(binary: region(bytes + [0]), json: json, tensors: tensors)
    }
  }

  @Test func `Damaged bytes are an error or another graph, and no end of the process`() throws {
    let (json, tensors) = try model(Self.models[0]).graphJSON()
    let bytes = try ONNXModel(json: json, tensors: tensors).graphBinary()
    var refused = 0
    for number in 0..<2000 {
      var damaged = bytes
      damaged[(number &* 7919) % bytes.count] ^= UInt8(truncatingIfNeeded: 1 << (number % 8)) | 0x80
      if (try? ONNXModel(binary: region(damaged), json: json, tensors: tensors)) == nil { refused += 1 }
    }
    #expect(refused > 500, "\(refused)")
  }

  @Test func `A tensor that the file lacks is named`() throws {
    let (json, tensors) = try model(Self.models[0]).graphJSON()
    let bytes = try ONNXModel(json: json, tensors: tensors).graphBinary()
    let error = #expect(throws: InputError.self) {
      _ = try ONNXModel(binary: region(bytes), json: json, tensors: Array(tensors.dropFirst()))
    }
    #expect(error.map { "\($0)" }?.contains("lacks the tensor \(tensors[0].name)") == true)
  }
}
