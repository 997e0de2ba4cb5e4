import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// Networks of very many nodes: whatever is done for each node must not look at all of them.
@Suite struct ManyNodesTests {
  /// More than any network has, and few enough for a build without optimisation.
  private static let count = {
    #if DEBUG
      2_000
    #else
      20_000
    #endif
  }()

  /// A network whose last node makes `body` of what a convolution of an image gives, `c`.
  private func model(_ body: [Wire], from last: String, outputs: [String] = []) throws -> Model {
    let raw = (0..<81).flatMap { [UInt8]([0, 0, UInt8($0 & 0x7f), 0x3e]) }
    let pads = [Wire().string(1, "pads").int(20, 7).int(8, 1).int(8, 1).int(8, 1).int(8, 1)]
    let nodes =
      [Wire.node("/conv/Conv", "Conv", ["x", "w"], ["c"], attributes: pads)] + body
      + [
        .node("/pool/GlobalAveragePool", "GlobalAveragePool", [last], ["p"]),
        .node("/Flatten", "Flatten", ["p"], ["y"]),
      ]
    let graph = Wire.graph(
      nodes, inputs: [.value("x", [1, 3, 4, 4])], outputs: (["y"] + outputs).map { .value($0) },
      initializers: [.tensor("w", [3, 3, 3, 3], raw: raw)])
    return try Model.load(FileBytes(copying: Wire.model(graph).bytes))
  }

  private func explain(_ model: Model, _ method: any CAMMethod = GradCAM()) throws -> Explanation {
    var options = Explainer.Options()
    options.methods = [method]
    return try Explainer(model, options).explain(Image(width: 4, height: 4, filledWith: [200, 30, 90]))
  }

  @Test func `Explains a long chain`() throws {
    let chain = (0..<Self.count).map { place in
      Wire.node("/layers/\(place)/Relu", "Relu", [place == 0 ? "c" : "v\(place - 1)"], ["v\(place)"])
    }
    let model = try model(chain, from: "v\(Self.count - 1)")
    #expect(model.graph.nodes.count == Self.count + 3)
    #expect(model.defaultLayer == "layers")
    #expect(try explain(model).maps.count == 1)
    // A hook at every one of them.
    #expect(try explain(model, GuidedBackprop()).maps.count == 1)
  }

  @Test func `Explains a value of many users that one node joins`() throws {
    let branches = (0..<Self.count).map { Wire.node("/b/\($0)/Relu", "Relu", ["c"], ["v\($0)"]) }
    let inputs = (0..<Self.count).flatMap { Wire().string(1, "v\($0)").bytes }
    let sum = Wire(bytes: inputs).string(2, "s").string(3, "/Sum").string(4, "Sum")
    let model = try model(branches + [sum], from: "s")
    #expect(model.graph.nodes.count == Self.count + 4)
    #expect(try explain(model).maps.count == 1)
  }

  @Test func `Refuses a node that becomes more than any network has`() throws {
    let count = ONNXModel.nodeLimit + 1
    let names = { (field: Int) in (0..<count).flatMap { Wire().string(field, "v\($0)").bytes } }
    let shape = [1, count, 1, 1].flatMap { size in withUnsafeBytes(of: size.littleEndian) { [UInt8]($0) } }
    let axis = Wire().string(1, "axis").int(20, 2).int(3, 1)
    let nodes = [
      .node("t", "ReduceMean", ["c", "axes"], ["one"]), .node("e", "Expand", ["one", "shape"], ["wide"]),
      Wire().string(1, "wide").raw(names(2)).string(3, "s").string(4, "Split").message(5, axis),
      Wire(bytes: names(1)).string(2, "sum").string(3, "j").string(4, "Sum"),
    ]
    let constants = [("axes", [1], [UInt8]([1, 0, 0, 0, 0, 0, 0, 0])), ("shape", [4], shape)].map { name, sizes, raw in
      let value = Wire().string(1, "value").int(20, 4).message(5, .tensor("t", type: 7, sizes, raw: raw))
      return Wire.node(name, "Constant", [], [name], attributes: [value])
    }
    let error = #expect(throws: InputError.self) { try model(constants + nodes, from: "sum") }
    #expect(error?.description.hasPrefix("node s (Split) makes more than 100000 operations") == true, "\(error as Any)")
  }

  @Test func `Counts the calls of a module that runs often`() throws {
    // Every other node stands in another module, so that each run is a call of its own.
    let chain = (0..<Self.count).map { place in
      let (module, kind) = place.isMultiple(of: 2) ? ("shared", "Relu") : ("other", "Abs")
      return Wire.node("/\(module)/\(kind)", kind, [place == 0 ? "c" : "v\(place - 1)"], ["v\(place)"])
    }
    let graph = try model(chain, from: "v\(Self.count - 1)").graph
    let module = try #require(graph.moduleIndex("shared"))
    #expect(graph.modules[module].calls.count == Self.count / 2)
    for (ordinal, call) in graph.modules[module].calls.enumerated() {
      #expect(graph.calls[call].ordinal == ordinal && graph.calls[call].module == module)
    }
    let session = Session(graph)
    var seen: [Int] = []
    _ = try session.registerForwardHook("shared") { module, _, _ in
      seen.append(module.call)
      return nil
    }
    _ = try session.forward(Tensor(repeating: 1, Shape(1, 3, 4, 4)))
    #expect(seen == Array(0..<Self.count / 2))
  }

  @Test func `Reads every value of a long chain as an output`() throws {
    let chain = (0..<Self.count).map { place in
      Wire.node("", "Identity", [place == 0 ? "c" : "v\(place - 1)"], ["v\(place)"])
    }
    let model = try model(chain, from: "v\(Self.count - 1)", outputs: (0..<Self.count).map { "v\($0)" })
    #expect(model.graph.nodes.count == Self.count + 3)
  }

  @Test func `Knows the modules that a value leaves`() throws {
    let chain = (0..<20).map { place in
      Wire.node("/a/b.\(place / 5)/Relu", "Relu", [place == 0 ? "c" : "v\(place - 1)"], ["v\(place)"])
    }
    let graph = try model(chain, from: "v19").graph
    for value in (0...graph.nodes.count).map(Value.init) {
      let expected = graph.modules.filter { module in
        !module.path.isEmpty && module.calls.last.map { graph.calls[$0].output == value } ?? false
      }
      #expect(graph.modules(endingIn: value).map(\.path) == expected.map(\.path))
    }
  }

  @Test func `Frees each slot once, where it is used last`() throws {
    let program = try ProgramCompiler.compile(
      Networks.classifier(), source: Shape(1, 2, 5, 7), resumed: nil, needs: [:], engine: .auto)
    var lastUse: [Slot: Int] = [:]
    for (index, step) in program.forward.enumerated() {
      for slot in step.inputs + step.outputs { lastUse[slot] = index }
    }
    for (index, step) in program.forward.enumerated() {
      let kept: Set = [program.output, program.logits ?? program.output]
      #expect(step.frees == lastUse.filter { $0.value == index && !kept.contains($0.key) }.keys.sorted())
    }
  }

  @Test func `Takes the smallest free place that fits, the first of several`() {
    var random = SeededRandom(seed: 7)
    var (free, naive) = (FreePlaces(), NaivePlaces())
    var taken: [Range<Int>] = []
    var size = 0
    for _ in 0..<3_000 {
      if taken.isEmpty || random.next() % 5 < 3 {
        let length = 16 * (1 + Int(random.next() % 6))
        let start = free.take(length)
        #expect(start == naive.take(length))
        let grown = start ?? free.takeLast(endingAt: size)
        if start == nil { #expect(grown == naive.takeLast(endingAt: size)) }
        let place = (grown ?? size)..<(grown ?? size) + length
        size = max(size, place.upperBound)
        taken.append(place)
      } else {
        let place = taken.remove(at: Int(random.next() % UInt64(taken.count)))
        free.release(place)
        naive.release(place)
      }
    }
  }
}

/// Free places in a list that is gone through.
private struct NaivePlaces {
  private var free: [Range<Int>] = []

  mutating func take(_ length: Int) -> Int? {
    let fitting = free.indices.filter { free[$0].count >= length }
    guard let index = fitting.min(by: { free[$0].count < free[$1].count }) else { return nil }
    let place = free.remove(at: index)
    if place.count > length { free.insert(place.lowerBound + length..<place.upperBound, at: index) }
    return place.lowerBound
  }

  mutating func takeLast(endingAt end: Int) -> Int? {
    guard let last = free.last, last.upperBound == end else { return nil }
    return free.removeLast().lowerBound
  }

  mutating func release(_ place: Range<Int>) {
    free.append(place)
    free.sort { $0.lowerBound < $1.lowerBound }
    free = free.reduce(into: []) { merged, place in
      if let last = merged.last, last.upperBound == place.lowerBound {
        merged[merged.count - 1] = last.lowerBound..<place.upperBound
      } else {
        merged.append(place)
      }
    }
  }
}
