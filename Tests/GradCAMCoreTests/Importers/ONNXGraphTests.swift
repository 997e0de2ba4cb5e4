import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// Small graphs of one operator or a few, imported as any file, against onnxruntime (`Scripts/make_fixtures operations`).
@Suite struct ONNXGraphTests {
  private static let fixture = Result { try Fixture("operations/graphs") }
  static let names = ((try? fixture.get().names) ?? []).filter { $0.hasSuffix(".model") }.map { String($0.dropLast(6)) }

  /// The graph of a fixture, and its input.
  private static func load(_ name: String) throws -> (graph: Graph, input: Tensor) {
    let fixture = try fixture.get()
    let bytes = try fixture.tensor("\(name).model").logical().map { UInt8($0) }
    let model = try ONNXModel(FileBytes(copying: bytes), folder: nil)
    let input = try fixture.tensor("\(name).input")
    let size = (channels: input.shape.c, height: input.shape.h, width: input.shape.w)
    let found = try ONNXImporter.load(
      model, size: size, preferred: (height: size.height, width: size.width), output: nil, threads: 1)
    return (found.graph, input)
  }

  @Test func `Has graphs of every kind`() {
    #expect(Self.names.count > 100)
  }

  @Test(arguments: names) func `Computes what onnxruntime does`(_ name: String) throws {
    let (graph, input) = try Self.load(name)
    let found = try Session(graph).forward(input).output
    expectClose(found, try Self.fixture.get().tensor("\(name).output"), tolerance: 1e-5, name)
  }

  /// Rounding has no gradient of its own.
  @Test(arguments: names.filter { !$0.hasPrefix("quantised") || $0.hasSuffix("weights") })
  func `Has the gradient of its forward pass`(_ name: String) throws {
    let (graph, input) = try Self.load(name)
    let session = Session(graph)
    var seen: Tensor?
    _ = try session.registerFullBackwardHook("", needsGradInputs: true) { _, gradients, _ in
      seen = gradients[0]
      return nil
    }
    var check = GradientCheck()
    check.step = 4e-3
    check.check(
      name, inputs: [input], forward: { (try? session.forward($0[0]).output) ?? input },
      backward: { gradient in
        guard (try? session.forward(input)) != nil, (try? session.backward(gradient)) != nil else { return [nil] }
        return [seen]
      })
  }
}
