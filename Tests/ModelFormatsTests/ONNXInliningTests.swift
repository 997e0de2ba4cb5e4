import TestSupport
import Testing

@testable import ModelFormats

@Suite struct ONNXInliningTests {
  private func call(_ name: String, _ function: String, _ inputs: [String], _ outputs: [String]) -> Wire {
    .node(name, function, inputs, outputs, domain: "local")
  }

  @Test func `Puts functions in place of their calls`() throws {
    let model = try ONNXFixture.model("functions")
    let nodes = model.graph.nodes
    #expect(
      nodes.map { "\($0.name): \($0.opType)(\($0.inputs.joined(separator: ","))) \($0.outputs.joined(separator: ","))" }
        == [
          "one/add: Add(x,x) one/sum", "one/Activation/leaky: LeakyRelu(one/sum) first",
          "one/clip: Clip(one/sum,) one/unused", "one/Identity: Identity(x) copy",
          "one_1/add: Add(first,copy) one_1/sum", "one_1/Activation/leaky: LeakyRelu(one_1/sum) second",
          "one_1/clip: Clip(one_1/sum,low) third", "Activation/leaky: LeakyRelu(second) fourth",
          "sum: Sum(fourth,third) y",
        ])
    let slopes = nodes.filter { $0.opType == "LeakyRelu" }.map { node -> Float? in
      if case .float(let value) = node.attributes["alpha"] { value } else { nil }
    }
    // The first call says it, the second leaves it out all the way down, the third leaves it to the default.
    #expect(slopes == [0.25, 0.125, 0.125])
    #expect(nodes.allSatisfy { $0.opset == 17 && $0.domain.isEmpty })
    #expect(nodes.map { $0.metadata.isEmpty } == [false, false, false, false, true, true, true, true, true])
    #expect(model.graph.modulePaths()[1]?.path == "layer1")
  }

  @Test func `Keeps functions as the file has them`() throws {
    let functions = try ONNXFixture.model("functions").functions
    #expect(functions.map(\.name) == ["Activation", "Block"])
    #expect(functions.map(\.domain) == ["local", "local"])
    #expect(functions[1].inputs == ["x", "y", "low"])
    #expect(functions[1].outputs == ["out", "x", "unused"])
    #expect(functions[1].attributes == ["steepness"])
    #expect(functions[1].nodes.map(\.opType) == ["Add", "Activation", "Clip"])
    #expect(functions[1].opsets == ["": 17, "local": 1])
    guard case .float(0.125) = functions[0].attributeProtos["slope"] else { throw InputError("", "no default") }
  }

  @Test func `Refuses an attribute that a function does not take`() throws {
    let function = Wire.function("F", ["a"], ["b"], [.node("", "Relu", ["a"], ["b"])])
    let attribute = Wire().string(1, "slope").int(3, 1).int(20, 2)
    let node = Wire.node("f", "F", ["x"], ["y"], domain: "local", attributes: [attribute])
    let error = #expect(throws: InputError.self) { try Wire.model(.graph([node]), functions: [function]).read() }
    #expect(error?.description == "node f (F) has an attribute slope, which its function does not take")
    _ = try Wire.model(.graph([node]), functions: [function.string(6, "slope")]).read()
  }

  @Test func `Names never meet`() throws {
    let function = Wire.function(
      "F", ["a"], ["b"], [.node("", "Relu", ["a"], ["t"]), .node("", "Abs", ["t"], ["b"])])
    let nodes = [
      call("f", "F", ["x"], ["f/t"]), call("f", "F", ["f/t"], ["f_1/t"]), call("f_1", "F", ["f_1/t"], ["y"]),
    ]
    let graph = try Wire.model(.graph(nodes), functions: [function]).read().graph
    #expect(graph.nodes.count == 6)
    #expect(Set(graph.nodes.flatMap(\.outputs)).count == 6)
  }

  @Test func `Overloads are different functions`() throws {
    let functions = [("", "Relu"), ("second", "Abs")].map { overload, operation in
      Wire.function("F", ["a"], ["b"], [.node("", operation, ["a"], ["b"])]).string(13, overload)
    }
    let graph = try Wire.model(
      .graph([call("f", "F", ["x"], ["y"]).string(8, "second")]), functions: functions
    ).read().graph
    #expect(graph.nodes.map(\.opType) == ["Abs"])
  }

  @Test func `Refuses functions that call themselves`() {
    let f = Wire.function("F", ["a"], ["b"], [call("inner", "G", ["a"], ["b"])])
    let g = Wire.function("G", ["a"], ["b"], [call("again", "F", ["a"], ["b"])])
    #expect(
      Wire.model(.graph([call("top", "F", ["x"], ["y"])]), functions: [f, g]).error()
        == "node top/inner/again (F) is in the function that it calls")
  }

  @Test func `Refuses calls that nest too deep`() {
    let functions = (0..<40).map { level in
      Wire.function("F\(level)", ["a"], ["b"], [call("f", "F\(level + 1)", ["a"], ["b"])])
    }
    let error = Wire.model(.graph([call("f", "F0", ["x"], ["y"])]), functions: functions).error()
    #expect(error?.hasSuffix("calls functions more than 32 levels deep") == true, "\(error ?? "")")
  }

  @Test(arguments: [0, 1]) func `Refuses graphs that grow without bound`(leaves: Int) {
    let inner = (0..<leaves).map { _ in Wire.node("", "Relu", ["a"], ["b"]) }
    let functions =
      (0..<30).map { level in
        let next = call("f", "F\(level + 1)", ["a"], ["t"])
        return Wire.function("F\(level)", ["a"], ["b"], [next, call("g", "F\(level + 1)", ["a"], ["b"])])
      } + [Wire.function("F30", ["a"], ["b"], inner)]
    let error = Wire.model(.graph([call("f", "F0", ["x"], ["y"])]), functions: functions).error()
    #expect(error?.hasPrefix("has more than ") == true, "\(error ?? "")")
    #expect(error?.contains(" when its functions stand in place of their calls; one too many is node f/") == true)
    #expect(
      error?.hasSuffix("networks in use have thousands; functions that call others twice double them at every level)")
        == true)
  }

  /// Functions that call the next twice each, and a last of one node: two to the power of `levels` nodes.
  private func doubling(_ levels: Int) -> Wire {
    let functions =
      (0..<levels).map { level in
        let next = call("f", "F\(level + 1)", ["a"], ["t"])
        return Wire.function("F\(level)", ["a"], ["b"], [next, call("g", "F\(level + 1)", ["t"], ["b"])])
      } + [Wire.function("F\(levels)", ["a"], ["b"], [.node("", "Relu", ["a"], ["b"])])]
    return Wire.model(.graph([call("f", "F0", ["x"], ["y"])]), functions: functions)
  }

  @Test func `Counts nodes where functions stand in place of their calls`() throws {
    #expect(try doubling(12).read().graph.nodes.count == 1 << 12)
    let error = doubling(17).error()
    #expect(error?.hasPrefix("has more than 100000 nodes when its functions stand") == true, "\(error ?? "")")
  }

  @Test func `Refuses calls that do not fit`() {
    let function = Wire.function("F", ["a"], ["b"], [.node("n", "Relu", ["c"], ["b"])])
    func error(_ node: Wire, _ functions: [Wire]) -> String? {
      Wire.model(.graph([node]), functions: functions).error()
    }
    #expect(
      error(call("f", "F", ["x", "x"], ["y"]), [function])
        == "node f (F) has 2 inputs and 1 outputs, and its function 1 and 1")
    #expect(
      error(call("f", "F", ["x"], ["y"]), [function]) == "node f/n (Relu) takes f/c, which nothing makes")
    #expect(
      error(call("f", "F", ["x"], ["y"]), [function, function]) == "is damaged: it defines the function F twice")
  }

  @Test func `Graphs in nodes have functions in place of their calls, too`() throws {
    func attribute(_ name: String, _ graph: Wire) -> Wire { Wire().string(1, name).message(6, graph).int(20, 5) }
    // `t` is the function's input in one branch and a value of its own in the other.
    let then = Wire.graph([.node("n", "Add", ["a", "k"], ["t"])], inputs: [], outputs: [.value("t")])
    let other = Wire.graph([.node("n", "Neg", ["a"], ["t"])], inputs: [], outputs: [.value("t")])
    let branches = [attribute("then_branch", then), attribute("else_branch", other)]
    let nodes = [Wire.node("", "Abs", ["b"], ["k"]), .node("if", "If", ["c"], ["r"], attributes: branches)]
    let inner = Wire.function("F", ["a", "b", "c"], ["r"], nodes)
    let body = Wire.graph([.node("call", "F", ["x", "t", "y0"], ["u"], domain: "local")], outputs: [.value("u")])
    let loop = Wire.node("loop", "Loop", ["", "y0", "x"], ["y"], attributes: [attribute("body", body)])
    let graph = Wire.graph([.node("", "Relu", ["x"], ["y0"]), .node("", "Relu", ["x"], ["t"]), loop])
    let read = try Wire.model(graph, functions: [inner]).read().graph
    let outer = try #require(read.nodes.last)
    // The loop's own input hides the graph's of the same name.
    #expect(outer.captures == ["t", "y0"])
    guard case .graph(let inlined) = outer.attributes["body"] else { throw InputError("", "no body") }
    #expect(inlined.nodes.map(\.opType) == ["Abs", "If"])
    #expect(inlined.nodes[0].inputs == ["t"] && inlined.nodes[1].inputs == ["y0"])
    guard case .graph(let branch) = inlined.nodes[1].attributes["then_branch"] else {
      throw InputError("", "no branch")
    }
    #expect(branch.nodes[0].inputs == ["x", "call/k"])
    #expect(branch.nodes[0].outputs == ["call/t"] && branch.outputs.map(\.name) == ["call/t"])
    #expect(inlined.nodes[1].captures == ["x", "call/k"])
  }

  @Test func `Graphs nest only so deep`() throws {
    func nested(_ depth: Int) -> Wire {
      var graph = Wire.graph([.node("", "Relu", ["x"], ["t"])], inputs: [], outputs: [.value("t")])
      for _ in 0..<depth {
        let attribute = Wire().string(1, "then_branch").message(6, graph).int(20, 5)
        graph = .graph([.node("", "If", ["c"], ["t"], attributes: [attribute])], inputs: [], outputs: [.value("t")])
      }
      let attribute = Wire().string(1, "then_branch").message(6, graph).int(20, 5)
      let choice = Wire.node("n", "If", ["c"], ["y"], attributes: [attribute])
      return .model(.graph([.node("", "Relu", ["x"], ["c"]), choice]))
    }
    let model = try nested(15).read()
    #expect(model.graph.nodes[1].captures == ["c", "x"])
    // As JSON, too.
    let (json, tensors) = try model.graphJSON()
    #expect(try ONNXModel(json: json, tensors: tensors).graph.nodes[1].captures == ["c", "x"])
    let limit = "has graphs in nodes more than 16 levels deep (networks in use have two)"
    #expect(nested(16).error()?.hasSuffix(limit) == true)
    let outer = json.replacing("\"op\":\"Relu\"", with: "\"op\":\"If\",\"more\":0")
    #expect(try ONNXModel(json: outer, tensors: tensors).graph.nodes.count == 2)
  }
}
