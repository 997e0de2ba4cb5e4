import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// A convolution that an export folded a batch norm into is in the file under no name: its node puts out the batch norm's values.
@Suite struct FoldedModuleTests {
  private typealias Layer = (name: String, weight: String, bias: String?)

  private func floats(_ count: Int, from start: Float) -> [UInt8] {
    (0..<count).flatMap { index in
      withUnsafeBytes(of: (start + Float(index) * 0.125).bitPattern.littleEndian, Array.init)
    }
  }

  /// Convolutions of three channels, a ReLU behind each, and their mean as the scores.
  private func graph(_ layers: [Layer], output: (Int) -> String = { "c\($0)" }, metadata: [[(String, String)]] = [])
    throws -> Graph
  {
    var (nodes, initializers, value) = ([Wire](), [Wire](), "x")
    for (index, layer) in layers.enumerated() {
      initializers.append(.tensor(layer.weight, [3, 3, 1, 1], raw: floats(9, from: Float(index) - 1)))
      if let bias = layer.bias { initializers.append(.tensor(bias, [3], raw: floats(3, from: Float(index)))) }
      var node = Wire.node(
        layer.name, "Conv", [value, layer.weight] + (layer.bias.map { [$0] } ?? []), [output(index)])
      if metadata.indices.contains(index) {
        node = node.messages(9, metadata[index].map { Wire().string(1, $0.0).string(2, $0.1) })
      }
      nodes += [node, .node("", "Relu", [output(index)], ["r\(index)"])]
      value = "r\(index)"
    }
    nodes += [.node("", "GlobalAveragePool", [value], ["pooled"]), .node("", "Flatten", ["pooled"], ["y"])]
    let wire = Wire.graph(
      nodes, inputs: [.value("x", [1, 3, 4, 4])], outputs: [.value("y", [1, 3])], initializers: initializers)
    return try Model.load(FileBytes(copying: Wire.model(wire).bytes)).graph
  }

  private func refusal(_ graph: Graph, _ path: String) -> String {
    do throws(InputError) { return graph.modules[try graph.resolve(path)].path } catch { return error.description }
  }

  private let lost = "is in the file only with what followed it, such as a batch norm, folded in"

  @Test(arguments: ["onnx::Conv_17", "12", "ConvBnFusion_BN_B_stem.bn.bias", "stem.conv.weight_bias"])
  func `Is refused under the convolution's name where the bias is no parameter`(_ bias: String) throws {
    let graph = try graph([("/stem/conv/Conv", "stem.conv.weight", bias)])
    #expect(refusal(graph, "stem.conv") == "stem.conv: \(lost) (stem.conv_folded is what both give)")
    #expect(refusal(graph, "stem.conv_folded") == "stem.conv_folded")
    #expect(graph.modules.last { $0.path == "stem.conv_folded" }?.kind == "Conv2d (folded)")
  }

  @Test(arguments: ["stem.conv.bias", "features.0.bias", "bias", "stem.conv.b"])
  func `Stays where the bias is a parameter`(_ bias: String) throws {
    #expect(refusal(try graph([("/stem/conv/Conv", "w", bias)]), "stem.conv") == "stem.conv")
    #expect(refusal(try graph([("/stem/conv/Conv", "w", nil)]), "stem.conv") == "stem.conv")
  }

  @Test func `Is refused where the output is named after the norm`() throws {
    let layers: [Layer] = [("", "conv.weight", "conv.bias")]
    #expect(refusal(try graph(layers) { _ in "getitem" }, "conv").hasPrefix("conv: \(lost)"))
    #expect(refusal(try graph(layers) { _ in "/bn/BatchNormalization_output_0" }, "conv").hasPrefix("conv: \(lost)"))
    #expect(refusal(try graph(layers) { _ in "conv2d" }, "conv") == "conv")
  }

  private func scopes(_ path: String, _ operation: String) -> [(String, String)] {
    [("pkg.torch.onnx.name_scopes", "['', '\(path)', '\(operation)']")]
  }

  @Test func `Has the batch norm's name where the metadata give it`() throws {
    let graph = try graph(
      [("n0", "conv.weight", "conv.bias"), ("n1", "other.weight", "other.bias")],
      metadata: [scopes("bn", "batch_norm"), scopes("other", "conv2d")])
    #expect(refusal(graph, "conv") == "conv: \(lost) (bn is what both give)")
    #expect(refusal(graph, "other") == "other")
  }

  @Test func `Weights that two modules share are lost in neither`() throws {
    var nodes = Wire.node("n0", "Conv", ["x", "a.weight"], ["c"]).messages(
      9, scopes("a", "conv2d").map { Wire().string(1, $0.0).string(2, $0.1) })
    let first = nodes
    nodes = Wire.node("n1", "Conv", ["c", "a.weight"], ["d"]).messages(
      9, scopes("b", "conv2d_1").map { Wire().string(1, $0.0).string(2, $0.1) })
    let end: [Wire] = [.node("", "GlobalAveragePool", ["d"], ["p"]), .node("", "Flatten", ["p"], ["y"])]
    let wire = Wire.graph(
      [first, nodes] + end, inputs: [.value("x", [1, 3, 4, 4])], outputs: [.value("y", [1, 3])],
      initializers: [.tensor("a.weight", [3, 3, 1, 1], raw: floats(9, from: 0))])
    let graph = try Model.load(FileBytes(copying: Wire.model(wire).bytes)).graph
    #expect(refusal(graph, "a") == "a" && refusal(graph, "b") == "b")
  }

  @Test func `Names that end in numbers are other modules where weights differ`() throws {
    let graph = try graph([
      ("/conv/Conv", "onnx::Conv_1", "onnx::Conv_2"), ("/conv_1/Conv", "onnx::Conv_3", "onnx::Conv_4"),
    ])
    #expect(graph.lastCall("conv_folded")?.output == Value(index: 1))
    #expect(graph.lastCall("conv_1_folded")?.output == Value(index: 3))
    #expect(refusal(graph, "conv_1").hasPrefix("conv_1: \(lost)"))
  }

  @Test func `Counts from no end that the file lost`() throws {
    let graph = try graph([
      ("/block/block.0/Conv", "w0", "onnx::Conv_1"), ("/tail/tail.0/Conv", "tail.0.weight", "tail.0.bias"),
      ("/tail/tail.3/Conv", "tail.3.weight", "tail.3.bias"),
    ])
    #expect(
      refusal(graph, "block.-1")
        == "block.-1: counts from an end that the file lost: what followed block.0 is folded into it (block.0_folded)")
    #expect(refusal(graph, "tail.-1") == "tail.3")
    #expect(refusal(graph, "tail.-4") == "tail.0")
    #expect(refusal(graph, "tail.-5").hasPrefix("tail.-5: is no module"))
  }

  @Test func `Tells that a block may end before what was folded in`() throws {
    let graph = try graph([("/block/block.0/Conv", "w0", "onnx::Conv_1")])
    #expect(graph.doubt(about: "block")?.description.hasPrefix("block ends in block.0_folded") == true)
    #expect(graph.doubt(about: "block.0_folded") == nil && graph.doubt(about: "relu") == nil)
    #expect(graph.canonicalPath("block") == "block" && graph.canonicalPath("block.0_folded") == "block.0_folded")
  }
}
