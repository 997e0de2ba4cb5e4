import ModelFormats

/// Turns an ONNX model into a graph, once, at load; nothing behind it knows ONNX.
///
/// Whatever depends on shapes and constants alone is computed here and leaves no node behind.
struct ONNXImporter {
  /// What comes out of a file.
  struct Result {
    var graph: Graph
    var input: InputSize
    /// Whether the file calls for whole samples.
    var takesIntegers: Bool
    /// Names of weights that hold a NaN or an infinity.
    var notFinite: [String]
    /// What may make its results worthless.
    var warnings: [String]
    /// What another output of the file makes of the one that is explained.
    var activation: FinalActivation?
  }

  private let model: ONNXModel
  private let emitter: ONNXEmitter
  private var operands: [String: ONNXOperand] = [:]
  private let places: [ModulePlace]
  /// The node that makes each value.
  private let producers: [String: Int]
  /// Names that stand for the image as N C H W, though the file calls for N H W C.
  private var channelsLastInput: String?

  /// - Parameters:
  ///   - packed: convolutions' weights in the engine's orders.
  ///   - notFinite: what is known of weights that are not finite; nil to look.
  ///   - size: channels, height and width where the user says them.
  ///   - preferred: height and width for inputs that leave them open.
  ///   - output: the output's name; nil for the first.
  /// - Throws: `InputError` without a subject that names the node.
  static func load(
    _ model: ONNXModel, packed: PackedWeights = PackedWeights(), notFinite: [String]? = nil,
    size: (channels: Int, height: Int, width: Int)?, preferred: (height: Int, width: Int), output: String?, threads: Int
  ) throws(InputError) -> Result {
    try checkOperators(model)
    var importer = ONNXImporter(model, packed)
    var result = try importer.run(size: size, preferred: preferred, output: output, threads: threads)
    result.notFinite = notFinite ?? StateDictImporter.notFinite(model.graph.initializers, threads: threads)
    return result
  }

  private init(_ model: ONNXModel, _ packed: PackedWeights) {
    self.model = model
    emitter = ONNXEmitter(
      loader: WeightLoader(packed: packed), budget: ONNXConstantBudget(weights: model.graph.initializers))
    places = model.graph.modulePlaces()
    producers = model.graph.nodes.enumerated().reduce(into: [:]) { producers, node in
      for name in node.element.outputs where !name.isEmpty { producers[name] = node.offset }
    }
  }

  /// Names every operator that is missing, all at once.
  private static func checkOperators(_ model: ONNXModel) throws(InputError) {
    var missing: [String] = []
    for node in model.graph.nodes where ONNXConverters.converter(node) == nil {
      missing.append(node.domain.isEmpty ? node.label : "\(node.label) of \(node.domain.printable)")
    }
    guard !missing.isEmpty else { return }
    let shown = missing.prefix(12).joined(separator: ", ") + (missing.count > 12 ? ", … (\(missing.count))" : "")
    throw InputError(
      "", "has operators that are not supported: \(shown)",
      remedy: "a float32 export of the convolutional network, without quantisation and control flow")
  }

  private mutating func run(
    size: (channels: Int, height: Int, width: Int)?, preferred: (height: Int, width: Int), output: String?,
    threads: Int
  ) throws(InputError) -> Result {
    let warnings = try opsetWarnings()
    for record in model.graph.initializers { operands[record.name] = .constant(ONNXConstant(record)) }
    let input = try Self.imageInput(model.graph, size: size, preferred: preferred)
    let shape = Shape(1, input.size.channels, input.size.height, input.size.width)
    operands[input.name] = .value(Value(index: 0), shape)
    switch input.order {
    case .channelsFirst: break
    case .turnedAtOnce: channelsLastInput = input.name
    case .channelsLast:
      let turned = Transpose([0, 2, 3, 1])
      let place = ModulePlace(scopes: [], name: "channels_last")
      operands[input.name] = try emitter.emit(turned, [.value(Value(index: 0), shape)], at: place, weights: [])
    }
    let name = beforeArgMax(try outputName(output))
    for index in neededNodes(for: name) {
      do { try convert(index) } catch { throw named(error, model.graph.nodes[index]) }
    }
    guard case .value(let value, _) = operands[name] else {
      throw InputError("", "has an output \(name.printable) that does not depend on the image")
    }
    let graph = emitter.tree.graph(output: value)
    return Result(
      graph: graph, input: input.size, takesIntegers: input.isInteger, notFinite: [], warnings: warnings,
      activation: activationElsewhere(of: name))
  }

  private func outputName(_ wanted: String?) throws(InputError) -> String {
    let names = model.graph.outputs.map(\.name)
    guard let wanted else {
      guard let first = names.first else { throw InputError("", "has no output") }
      return first
    }
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
  /// - Throws: `InputError` where they are older than read, or the file does not say.
  private func opsetWarnings() throws(InputError) -> [String] {
    guard let oldest = model.graph.nodes.lazy.map(\.opset).min(), oldest >= Self.oldestOpset else {
      let node = model.graph.nodes.first { $0.opset < Self.oldestOpset }
      throw InputError(
        "", "says version \(node?.opset ?? 0) of ONNX's operators, or none, for \(node?.label ?? "its nodes")",
        remedy: "an export for operator set \(Self.oldestOpset) or later")
    }
    let newest = model.graph.nodes.lazy.map(\.opset).max() ?? 0
    guard newest > Self.newestOpset else { return [] }
    return ["is written for operator set \(newest), and \(Self.newestOpset) is the newest that is known"]
  }

  /// Names as an error line shows them.
  static func list(_ names: [String]) -> String {
    names.prefix(8).map(\.printable).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
  }

  /// The scores that an output chooses the best of: a class's number has no gradient.
  private func beforeArgMax(_ output: String) -> String {
    var known: [String: String] = [:]
    guard let node = node(of: unmoved(output, &known)), node.opType == "ArgMax" else { return output }
    return node.inputs.first ?? output
  }

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

  private func node(of name: String) -> ONNXNode? { producers[name].map { model.graph.nodes[$0] } }

  /// What a value was before it was moved or cast.
  ///
  /// - Parameter known: the answers so far; a file may give every value of a long chain as an output.
  private func unmoved(_ output: String, _ known: inout [String: String]) -> String {
    var (name, moved) = (output, [String]())
    while known[name] == nil, let node = node(of: name), let input = node.inputs.first,
      ["Cast", "Identity", "Squeeze", "Unsqueeze", "Reshape", "Flatten"].contains(node.opType)
    {
      moved.append(name)
      name = input
    }
    let origin = known[name] ?? name
    for name in moved { known[name] = origin }
    return origin
  }

  /// The nodes that the output depends on, in the file's order.
  private func neededNodes(for output: String) -> [Int] {
    var needed = [Bool](repeating: false, count: model.graph.nodes.count)
    var open = [output]
    while let name = open.popLast() {
      guard let index = producers[name], !needed[index] else { continue }
      needed[index] = true
      open += model.graph.nodes[index].inputs
    }
    return needed.indices.filter { needed[$0] }
  }

  private mutating func convert(_ index: Int) throws(InputError) {
    let node = model.graph.nodes[index]
    if let source = channelsLastInput, node.opType == "Transpose", node.inputs == [source] {
      operands[node.outputs[0]] = operands[source]
      return
    }
    let inputs = try node.inputs.map { name throws(InputError) -> ONNXOperand? in
      if name.isEmpty { return nil }
      guard let operand = operands[name] else { throw missing(name) }
      return operand
    }
    guard let converter = ONNXConverters.converter(node) else { preconditionFailure("operators were checked") }
    for case .constant(let constant)? in inputs { try emitter.budget.spend(constant.shape.count) }
    let place = places[index]
    let weights = inputs.compactMap { $0?.weight }
    let context = ONNXNodeContext(
      node: node, operands: inputs, loader: emitter.loader,
      emit: { [emitter] (operation, operands) throws(InputError) in
        try emitter.emit(operation, operands, at: place, weights: weights)
      })
    let results = try converter(context)
    try context.expectAllRead()
    for case .constant(let constant) in results { try emitter.budget.spend(constant.shape.count) }
    for (name, result) in zip(node.outputs, results) where !name.isEmpty { operands[name] = result }
  }

  /// The refusal of a value that no converter has given: another output than the ones that are computed.
  private func missing(_ name: String) -> InputError {
    guard let maker = producers[name].map({ model.graph.nodes[$0] }), let place = maker.outputs.firstIndex(of: name)
    else { return InputError("", "has an input \(name.printable) that nothing makes") }
    return InputError("", "takes output \(place + 1) of \(maker.label), which is not computed")
  }

  /// An error with the node that it is about.
  private func named(_ error: InputError, _ node: ONNXNode) -> InputError {
    InputError(error.subject, "\(node.label) \(error.problem)", remedy: error.remedy)
  }
}
