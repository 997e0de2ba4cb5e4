import ModelFormats

/// Turns an ONNX model into a graph, once, at load; nothing behind it knows ONNX.
///
/// Whatever depends on shapes and constants alone is computed here and leaves no node behind.
struct ONNXImporter {
  /// What comes out of a file.
  struct Result {
    var graph: Graph
    var input: InputSize
    /// Names of weights that hold a NaN or an infinity.
    var notFinite: [String]
  }

  private let model: ONNXModel
  private let loader = WeightLoader()
  private let tree = ModuleTree(kind: "Network")
  private let budget = FoldingBudget()
  private var operands: [String: ONNXOperand] = [:]
  private var places: ONNXPlaces
  /// Names that stand for the image as N C H W, though the file calls for N H W C.
  private var channelsLastInput: String?

  /// - Parameters:
  ///   - size: channels, height and width where the user says them.
  ///   - preferred: height and width for inputs that leave them open.
  ///   - output: the output's name; nil for the first.
  /// - Throws: `InputError` without a subject that names the node.
  static func load(
    _ model: ONNXModel, size: (channels: Int, height: Int, width: Int)?, preferred: (height: Int, width: Int),
    output: String?, threads: Int
  ) throws(InputError) -> Result {
    try checkOperators(model)
    var importer = ONNXImporter(model)
    return try importer.run(size: size, preferred: preferred, output: output, threads: threads)
  }

  private init(_ model: ONNXModel) {
    self.model = model
    places = ONNXPlaces(model.graph)
  }

  /// Names every operator that is missing, all at once.
  private static func checkOperators(_ model: ONNXModel) throws(InputError) {
    var missing: [String] = []
    for node in model.graph.nodes where ONNXConverters.converter(node) == nil {
      let domain = node.domain.isEmpty ? "" : "\(node.domain)."
      missing.append("\(domain)\(node.label)")
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
    for record in model.graph.initializers { operands[record.name] = .constant(ONNXConstant(record)) }
    let input = try Self.imageInput(model.graph, size: size, preferred: preferred)
    let shape = Shape(1, input.size.channels, input.size.height, input.size.width)
    operands[input.name] = .value(Value(index: 0), shape)
    if input.isChannelsLast { channelsLastInput = input.name }
    let name = beforeArgMax(try outputName(output))
    for index in neededNodes(for: name) {
      do { try convert(index) } catch { throw named(error, model.graph.nodes[index]) }
    }
    guard case .value(let value, _) = operands[name] else {
      throw InputError("", "has an output '\(name)' that does not depend on the image")
    }
    let graph = tree.graph(output: value)
    loader.finish(threads: threads)
    let weights = model.graph.initializers
    return Result(graph: graph, input: input.size, notFinite: StateDictImporter.notFinite(weights, threads: threads))
  }

  private func outputName(_ wanted: String?) throws(InputError) -> String {
    let names = model.graph.outputs.map(\.name)
    guard let wanted else {
      guard let first = names.first else { throw InputError("", "has no output") }
      return first
    }
    guard names.contains(wanted) else {
      throw InputError(
        "--output-name", "'\(wanted)' is no output of this model", remedy: "one of \(names.joined(separator: ", "))")
    }
    return wanted
  }

  /// The scores that an output chooses the best of: a class's number has no gradient.
  private func beforeArgMax(_ output: String) -> String {
    var name = output
    while let node = model.graph.nodes.first(where: { $0.outputs.contains(name) }), let input = node.inputs.first {
      if node.opType == "ArgMax" { return input }
      guard ["Cast", "Identity", "Squeeze", "Reshape", "Flatten"].contains(node.opType) else { break }
      name = input
    }
    return output
  }

  /// The nodes that the output depends on, in the file's order.
  private func neededNodes(for output: String) -> [Int] {
    var producers: [String: Int] = [:]
    for (index, node) in model.graph.nodes.enumerated() {
      for name in node.outputs where !name.isEmpty { producers[name] = index }
    }
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
      guard let operand = operands[name] else { throw InputError("", "has an input '\(name)' that nothing makes") }
      return operand
    }
    guard let converter = ONNXConverters.converter(node) else { preconditionFailure("operators were checked") }
    let (scopes, name) = places[index]
    let (tree, budget) = (tree, budget)
    let context = ONNXNodeContext(
      node: node, operands: inputs, loader: loader,
      emit: { (operation, operands) throws(InputError) in
        try Self.emit(operation, operands, to: tree, in: scopes, name: name, budget)
      })
    let results = try converter(context)
    for (name, result) in zip(node.outputs, results) where !name.isEmpty { operands[name] = result }
  }

  private static func emit(
    _ operation: any Operation, _ operands: [ONNXOperand], to tree: ModuleTree, in scopes: [ModuleScope],
    name: String, _ budget: FoldingBudget
  ) throws(InputError) -> ONNXOperand {
    let shape = try operation.outputShape(of: operands.map(\.shape))
    var values: [Value] = []
    var constants: [Int: Tensor] = [:]
    var (areIntegers, trainedCount) = (true, 0)
    for (position, operand) in operands.enumerated() {
      switch operand {
      case .value(let value, _): values.append(value)
      case .constant(let constant):
        constants[position] = constant.tensor
        areIntegers = areIntegers && constant.isInteger
        trainedCount += constant.isWeight ? constant.shape.count : 0
      }
    }
    if values.isEmpty {
      try budget.spend(shape.count)
      let inputs = operands.indices.compactMap { constants[$0] }
      let result = operation.forward(inputs, ExecutionContext(threads: 1))
      return .constant(ONNXConstant(result, isInteger: areIntegers && !operands.isEmpty))
    }
    let bound: any Operation =
      constants.isEmpty
      ? operation
      : BoundOperation(operation, constants: constants, count: operands.count, trainedCount: trainedCount)
    return .value(tree.add(bound, values, in: scopes, name: name), shape)
  }

  /// An error with the node that it is about.
  private func named(_ error: InputError, _ node: ONNXNode) -> InputError {
    InputError(error.subject, "\(node.label) \(error.problem)", remedy: error.remedy)
  }
}

/// How many numbers may be computed at load: a few bytes of a file can ask for any number of them.
private final class FoldingBudget {
  private static let limit = 1 << 27
  private var left = FoldingBudget.limit

  /// - Throws: `InputError` without a subject where the numbers are too many.
  func spend(_ count: Int) throws(InputError) {
    guard count <= left else {
      throw InputError("", "computes \(count) numbers from constants, over the limit of \(Self.limit) in all")
    }
    left -= count
  }
}
