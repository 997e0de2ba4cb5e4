import TestSupport
import Testing

@testable import ModelFormats

/// Each error names the node and the value or tensor, in one line.
@Suite struct ONNXErrorTests {
  private func error(_ nodes: [Wire], outputs: [Wire] = [.value("y")], initializers: [Wire] = []) -> String? {
    Wire.model(.graph(nodes, outputs: outputs, initializers: initializers)).error()
  }

  private let relu = Wire.node("act", "Relu", ["x"], ["y"])

  @Test func `Refuses graphs that cannot run`() {
    #expect(
      error([.node("act", "Relu", ["lost"], ["y"])]) == "node act (Relu) takes lost, which nothing makes")
    #expect(error([relu], outputs: [.value("z")]) == "its output z is made by no node")
    #expect(error([relu], outputs: []) == "has a graph without outputs")
    #expect(error([]) == "has a graph without nodes")
    let cycle = [Wire.node("a", "Add", ["x", "q"], ["p"]), .node("b", "Relu", ["p"], ["q"])]
    #expect(
      error(cycle, outputs: [.value("q")]) == "node b (Relu) takes p, which is made from what it makes")
    #expect(
      error([.node("self", "Relu", ["y"], ["y"])]) == "node self (Relu) takes y, which is made from what it makes")
  }

  @Test func `Refuses names that stand for two things`() {
    #expect(
      error([relu, .node("", "Abs", ["x"], ["y"])])
        == "the node that makes y (Abs) makes y, which is there already")
    #expect(error([.node("act", "Relu", ["x"], ["x"])]) == "node act (Relu) makes x, which is there already")
    #expect(error([.node("s", "Split", ["x"], ["y", "y"])]) == "node s (Split) makes y, which is there already")
    let weight = Wire.tensor("w", type: 2, [1], raw: [1])
    #expect(error([relu], initializers: [weight, weight]) == "has the tensor w twice")
    #expect(
      error([relu], initializers: [.tensor("y", type: 2, [1], raw: [1])])
        == "node act (Relu) makes y, which is there already")
    #expect(
      error([relu], initializers: [.tensor("", type: 2, [1], raw: [1])])
        == "is damaged: it has an initialiser or input of no name")
    #expect(
      Wire.model(.graph([relu], inputs: [.value("x"), .value("x")])).error() == "has the input x twice")
  }

  @Test func `Refuses nodes that are none`() {
    #expect(error([.node("act", "Relu", ["x"], ["", ""])]) == "node act (Relu) makes nothing")
    #expect(error([.node("act", "", ["x"], ["y"])]) == "is damaged: node act () names no operator")
    #expect(error([.node("", "Relu", ["x"], [])]) == "a node (Relu) makes nothing")
  }

  @Test func `Errors in attributes name the node`() {
    func error(_ attributes: [Wire]) -> String? {
      self.error([.node("k", "Constant", [], ["y"], attributes: attributes)])
    }
    let tensor = Wire.tensor("", [2], raw: [0])
    #expect(
      error([Wire().string(1, "value").message(5, tensor).int(20, 4)])
        == "node k (Constant): tensor value of shape [2] and type F32 needs 8 bytes, and its data has 1")
    #expect(
      error([Wire().string(1, "value").int(20, 4)]) == "node k (Constant): attribute value is a tensor and has none")
    #expect(error([Wire().string(1, "a").int(20, 77)]) == "node k (Constant): attribute a has the unknown type 77")
    #expect(error([Wire().string(1, "a")]) == "node k (Constant): attribute a has the unknown type 0")
    let int = Wire().string(1, "a").int(3, 1).int(20, 2)
    #expect(error([int, int]) == "node k (Constant): attribute a is there twice")
    #expect(
      error([Wire().string(1, "a").string(3, "")])
        == "node k (Constant): is damaged: field 3 of its attribute is not an integer")
    #expect(
      error([Wire().string(1, "a").string(21, "outer")])
        == "node k (Constant) takes its attribute a from outer, and is in no function")
  }

  @Test func `Refuses absurd dimensions`() {
    for size in [-2, 1 << 32, Int.min] {
      #expect(
        Wire.model(.graph([relu], inputs: [.value("x", [1, size])])).error()
          == "value x claims the absurd dimension \(size)")
    }
  }

  @Test func `Refuses models that are none`() {
    #expect(Wire().int(1, 8).error() == "is cut short or damaged: it is an ONNX file without a graph")
    #expect(
      Wire().int(1, 0).message(7, .graph([relu])).error()
        == "is damaged: it gives 0 as its version of ONNX's format")
    #expect(
      Wire().message(7, .graph([relu])).error() == "is damaged: it gives 0 as its version of ONNX's format")
    #expect(Wire.model(.graph([relu])).message(7, .graph([relu])).error() == "is damaged: it has two graphs")
  }

  @Test func `Refuses more than any network has`() {
    let node: [UInt8] = [0x0a, 0x03, 0x22, 0x01, 0x41]
    let nodes = [UInt8](repeatElement(node, count: ONNXReader.nodeLimit + 1).joined())
    #expect(
      Wire.model(Wire(bytes: nodes)).error() == "has more than 100000 nodes (networks in use have thousands)")
    let weight = Wire().message(5, .tensor("w", [0])).bytes
    let weights = [UInt8](repeatElement(weight, count: ONNXReader.countLimit + 1).joined())
    #expect(Wire.model(Wire(bytes: weights)).error() == "has more than 131072 weights")
    let body = [UInt8](repeatElement([0x3a] + node.dropFirst(), count: ONNXReader.nodeLimit + 1).joined())
    #expect(
      Wire.model(.graph([relu]), functions: [Wire().string(1, "F").raw(body)]).error()
        == "has more than 100000 nodes in its function F (networks in use have thousands)")
  }

  @Test func `Refuses nodes that take more than any network's`() {
    let input = Wire().string(1, "x").bytes
    let inputs = [UInt8](repeatElement(input, count: ONNXReader.connectionLimit + 1).joined())
    #expect(
      Wire.model(.graph([Wire(bytes: inputs).string(2, "y").string(4, "Sum")])).error()
        == "has more than 1048576 inputs and outputs of nodes (networks in use have thousands)")
  }

  @Test func `Names are shown harmless`() {
    let error = error([.node("a\u{1b}[2J\n", "Relu", ["lo\u{0}st"], ["y"])])
    #expect(error == "node a\\u{1B}[2J\\n (Relu) takes lo\\0st, which nothing makes")
  }
}
