import ModelFormats

/// Turns an ONNX model into a graph, once, at load; nothing behind it knows ONNX.
///
/// Only what the explained output depends on is looked at. Whatever depends on shapes and constants alone is computed here and leaves
/// no node behind.
struct ONNXImporter {
  /// What comes out of a file.
  struct Result {
    var graph: Graph
    var input: InputSize
    /// Whether the file calls for whole samples.
    var takesIntegers: Bool
    /// The output that is explained.
    var output: String
    /// The weights that it depends on.
    var weights: [TensorRecord]
    /// Names of weights that hold a NaN or an infinity.
    var notFinite: [String]
    /// What may make its results worthless.
    var warnings: [String]
    /// What a user should know of what was made of the file.
    var notes: [Message] = []
    /// What another output of the file makes of the one that is explained.
    var activation: FinalActivation?
  }

  let model: ONNXModel
  let emitter: ONNXEmitter
  var operands: [String: ONNXOperand] = [:]
  /// Lists of tensors, which only nodes about sequences take.
  var sequences: [String: [ONNXOperand]] = [:]
  /// Tensors that are there and cannot be read, and what each is.
  var unread: [String: String]
  /// Whether the error that is thrown names a node already.
  var isErrorNamed = false
  /// The node that makes each value.
  let producers: [String: Int]
  /// How often constants may still be computed before the image is known.
  var trialsLeft = 8
  /// Names that stand for the image as N C H W, though the file calls for N H W C.
  var channelsLastInput: String?

  /// - Parameters:
  ///   - packed: convolutions' weights in the engine's orders.
  ///   - notFinite: what is known of weights that are not finite; nil to look.
  ///   - size: channels, height and width where the user says them.
  ///   - preferred: height and width for inputs that leave them open.
  ///   - output: the output's name; nil for the one that looks like scores.
  /// - Throws: `InputError` without a subject that names the node.
  static func load(
    _ model: ONNXModel, packed: PackedWeights = PackedWeights(), notFinite: [String]? = nil,
    size: (channels: Int, height: Int, width: Int)?, preferred: (height: Int, width: Int), output: String?, threads: Int
  ) throws(InputError) -> Result {
    var result: Result
    if let output = output ?? model.explainedOutput {
      result = try load(model, packed, size: size, preferred: preferred, output: output, threads: threads)
    } else {
      result = try ONNXOutputs(model).best { (name) throws(InputError) in
        try load(model, packed, size: size, preferred: preferred, output: name, threads: threads)
      }
    }
    result.notFinite = notFinite ?? StateDictImporter.notFinite(result.weights, threads: threads)
    return result
  }

  private static func load(
    _ model: ONNXModel, _ packed: PackedWeights, size: (channels: Int, height: Int, width: Int)?,
    preferred: (height: Int, width: Int), output: String, threads: Int
  ) throws(InputError) -> Result {
    var importer = ONNXImporter(model, packed)
    return try importer.run(size: size, preferred: preferred, output: output, threads: threads)
  }

  private init(_ model: ONNXModel, _ packed: PackedWeights) {
    self.model = model
    emitter = ONNXEmitter(
      loader: WeightLoader(packed: packed), budget: ONNXConstantBudget(weights: model.graph.initializers))
    unread = model.graph.unread
    producers = model.graph.producers
  }

  private mutating func run(
    size: (channels: Int, height: Int, width: Int)?, preferred: (height: Int, width: Int), output: String, threads: Int
  ) throws(InputError) -> Result {
    let name = beforeChoice(try outputName(output))
    var frame = ONNXFrame(model.graph.nodes, places: model.graph.modulePlaces(), producers: producers, forgets: true)
    let surely = frame.require([name])
    let warnings = try opsetWarnings(surely)
    try ONNXOperatorCheck.expectKnown(surely.map { [nodes = model.graph.nodes] in nodes[$0] })
    let reached = namesReached(from: name)
    for record in model.graph.initializers { operands[record.name] = .constant(ONNXConstant(record)) }
    let input = try imageInput(reached, size: size, preferred: preferred)
    let shape = Shape(input.batch, input.size.channels, input.size.height, input.size.width)
    operands[input.name] = .value(Value(index: 0), shape)
    switch input.order {
    case .channelsFirst: break
    case .turnedAtOnce: channelsLastInput = input.name
    case .channelsLast:
      let turned = Transpose([0, 2, 3, 1])
      let place = ModulePlace(scopes: [], name: "channels_last")
      operands[input.name] = try emitter.emit(turned, [.value(Value(index: 0), shape)], at: place, weights: [])
    }
    try convert(&frame, surely, keeping: [name])
    guard case .value(let value, _) = operands[name] else {
      throw InputError("", "has an output \(name.printable) that does not depend on the image")
    }
    var graph = emitter.tree.graph(output: value)
    if input.batch > 1 {
      let whole = graph
      graph = try whole.takingOneImage(of: shape)
      try whole.expectSame(by: graph, asOn: shape, threads: threads)
    }
    return Result(
      graph: graph, input: input.size, takesIntegers: input.isInteger, output: output,
      weights: model.graph.initializers.filter { reached.contains($0.name) }, notFinite: [], warnings: warnings,
      activation: activationElsewhere(of: name))
  }

  private func outputName(_ wanted: String) throws(InputError) -> String {
    let names = model.graph.outputs.map(\.name)
    guard names.contains(wanted) else {
      let near = nearest(to: wanted, among: names).map { "nearest: \($0.printable); " } ?? ""
      throw InputError(
        .outputName, "'\(wanted)' is no output of this model",
        remedy: "\(names.count == 1 ? "" : near)it has \(Self.list(names))")
    }
    return wanted
  }

  /// The newest version of ONNX's operators that is known here, and the oldest that means what the newer ones do.
  static let (oldestOpset, newestOpset) = (7, 28)

  /// What is said of operators that are newer than known.
  ///
  /// - Parameter indices: of the nodes that count.
  /// - Throws: `InputError` where they are older than read, or the file does not say.
  private func opsetWarnings(_ indices: [Int]) throws(InputError) -> [String] {
    // Other domains count their own versions.
    let nodes = indices.lazy.map { model.graph.nodes[$0] }.filter(\.domain.isEmpty)
    if let node = nodes.first(where: { $0.opset < Self.oldestOpset }) {
      throw InputError(
        "", "says version \(node.opset) of ONNX's operators, or none, for \(node.label)",
        remedy: "an export for operator set \(Self.oldestOpset) or later")
    }
    let newest = nodes.map(\.opset).max() ?? 0
    guard newest > Self.newestOpset else { return [] }
    return ["is written for operator set \(newest), and \(Self.newestOpset) is the newest that is known"]
  }

  /// Names as an error line shows them.
  static func list(_ names: [String]) -> String { names.lazy.map { $0.brief(24) }.listed(6) }

  /// The activation that another output applies to this one, where a file gives both scores and shares.
  private func activationElsewhere(of scores: String) -> FinalActivation? {
    let kinds: [String: FinalActivation] = ["Softmax": .softmax, "LogSoftmax": .softmax, "Sigmoid": .sigmoid]
    var known: [String: String] = [:]
    let scores = unmoved(scores, &known)
    for output in model.graph.outputs {
      guard let node = node(of: unmoved(output.name, &known)), let kind = kinds[node.opType],
        let input = node.inputs.first, unmoved(input, &known) == scores
      else { continue }
      return kind
    }
    return nil
  }

  /// The scores that an output chooses the best of, or writes as a table: a class's number has no gradient.
  private func beforeChoice(_ output: String) -> String {
    var known: [String: String] = [:]
    guard let node = node(of: unmoved(output, &known)), ["ArgMax", "TopK", "ZipMap"].contains(node.opType) else {
      return output
    }
    return node.inputs.first ?? output
  }

  private func node(of name: String) -> ONNXNode? { producers[name].map { model.graph.nodes[$0] } }

  /// What a value was before it was moved or cast.
  private func unmoved(_ output: String, _ known: inout [String: String]) -> String {
    model.graph.unmoved(output, producers, &known)
  }

  /// All that the output may depend on: where a node chooses between graphs, both.
  private func namesReached(from output: String) -> Set<String> {
    var names: Set<String> = [output]
    var open = [output]
    while let name = open.popLast() {
      guard let index = producers[name] else { continue }
      let node = model.graph.nodes[index]
      for name in node.inputs + node.captures where names.insert(name).inserted { open.append(name) }
    }
    return names
  }
}
