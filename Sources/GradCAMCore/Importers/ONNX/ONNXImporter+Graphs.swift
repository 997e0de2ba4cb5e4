import ModelFormats

/// What goes into a graph in a node, and what comes out of it.
enum ONNXItem {
  case operand(ONNXOperand)
  /// A list of tensors.
  case sequence([ONNXOperand])
}

extension ONNXImporter {
  /// The graph that an `If` over a known value chooses.
  func branch(_ node: ONNXNode) throws(InputError) -> ONNXGraph {
    guard let condition = node.inputs.first, case .constant(let constant)? = try optionalOperand(condition),
      let value = constant.floats.first
    else {
      throw InputError(
        "", "chooses between graphs by what it finds in the image", remedy: "an export without control flow")
    }
    return try graph(value != 0 ? "then_branch" : "else_branch", of: node)
  }

  /// Converts a node that holds graphs: of `If` the one that is chosen, of `Loop` its body as often as it runs.
  ///
  /// - Returns: whether it is such a node.
  mutating func convertGraphs(_ node: ONNXNode, at place: ModulePlace) throws(InputError) -> Bool {
    guard node.domain.isEmpty else { return false }
    switch node.opType {
    case "If":
      let graph = try branch(node)
      let frame = ONNXFrame(graph, in: place)
      set(node.outputs, to: try run(graph, frame, on: []))
    case "Loop": set(node.outputs, to: try loop(node, at: place))
    default: return false
    }
    return true
  }

  private func graph(_ name: String, of node: ONNXNode) throws(InputError) -> ONNXGraph {
    guard case .graph(let graph)? = node.attributes[name] else { throw InputError("", "lacks its \(name)") }
    return graph
  }

  /// Gives values their names.
  mutating func set(_ names: [String], to items: [ONNXItem]) {
    for (name, item) in zip(names, items) where !name.isEmpty {
      switch item {
      case .operand(let operand): (operands[name], sequences[name]) = (operand, nil)
      case .sequence(let list): (operands[name], sequences[name]) = (nil, list)
      }
    }
  }

  func item(_ name: String) throws(InputError) -> ONNXItem {
    if let list = sequences[name] { return .sequence(list) }
    guard let operand = try optionalOperand(name) else { throw InputError("", "lacks an input") }
    return .operand(operand)
  }

  /// What a graph in a node makes of its inputs. Its names mean nothing outside.
  ///
  /// No recursion beyond the depth that the reader lets graphs nest.
  private mutating func run(
    _ graph: ONNXGraph, _ frame: ONNXFrame, on inputs: [ONNXItem]
  ) throws(InputError) -> [ONNXItem] {
    var frame = frame
    let own = graph.inputs.map(\.name) + graph.initializers.map(\.name) + graph.nodes.flatMap(\.outputs)
    // Names cost time each round of a loop, whether anything is computed under them or not.
    try emitter.budget.spend(own.count * Self.workPerName)
    let hidden = own.map { (name: $0, operand: operands[$0], list: sequences[$0]) }
    let unreadOutside = unread
    for record in graph.initializers { operands[record.name] = .constant(ONNXConstant(record)) }
    if !graph.unread.isEmpty { unread.merge(graph.unread) { $1 } }
    set(graph.inputs.map(\.name), to: inputs)
    let outputs = graph.outputs.map(\.name)
    try convert(&frame, frame.require(outputs), keeping: outputs)
    var results: [ONNXItem] = []
    for name in outputs { results.append(try item(name)) }
    for (name, operand, list) in hidden { (operands[name], sequences[name]) = (operand, list) }
    unread = unreadOutside
    return results
  }

  /// How many numbers a name counts for that is kept and brought back.
  static let workPerName = 64

  /// A loop of a known count, rolled out: the values that it hands on, then what its rounds give, one behind the other.
  private mutating func loop(_ node: ONNXNode, at place: ModulePlace) throws(InputError) -> [ONNXItem] {
    let body = try graph("body", of: node)
    guard node.inputs.count >= 2, case let count = node.inputs.count - 2, body.inputs.count == count + 2,
      body.outputs.count > count, node.outputs.count <= body.outputs.count - 1
    else { throw InputError("", "and its body have inputs or outputs of different numbers") }
    let limit = try known(node.inputs[0])?.integers.first
    var goesOn = try known(node.inputs[1])?.floats.first ?? 1
    guard limit != nil || !node.inputs[1].isEmpty else { throw InputError("", "never ends") }
    var carried: [ONNXItem] = []
    for name in node.inputs.dropFirst(2) { carried.append(try item(name)) }
    let frame = ONNXFrame(body, in: place)
    var rounds = [[ONNXOperand]](repeating: [], count: body.outputs.count - 1 - count)
    var round = 0
    while goesOn != 0, round < limit ?? .max {
      try emitter.budget.step()
      let number = ONNXConstant(integers: [round], isScalar: true)
      let condition = ONNXConstant(Tensor([goesOn], Shape()), isInteger: true)
      let results = try run(body, frame, on: [.operand(.constant(number)), .operand(.constant(condition))] + carried)
      guard case .operand(.constant(let next)) = results[0], let value = next.floats.first else { throw unknownCount }
      goesOn = value
      carried = Array(results[1...].prefix(count))
      for (place, item) in results.dropFirst(1 + count).enumerated() {
        guard case .operand(let operand) = item else { throw InputError("", "gives lists of tensors by round") }
        rounds[place].append(operand)
      }
      round += 1
    }
    for list in rounds { carried.append(.operand(try stacked(list, node, at: place))) }
    return carried
  }

  /// A number that a loop runs by; nil where it has none.
  private func known(_ name: String) throws(InputError) -> ONNXConstant? {
    guard let operand = try optionalOperand(name) else { return nil }
    guard case .constant(let constant) = operand else { throw unknownCount }
    return constant
  }

  private var unknownCount: InputError {
    InputError("", "runs as often as it finds in the image", remedy: "an export without control flow")
  }

  /// Tensors of one shape along a new first axis.
  private func stacked(
    _ list: [ONNXOperand], _ node: ONNXNode, at place: ModulePlace
  ) throws(InputError) -> ONNXOperand {
    if list.isEmpty { return .constant(ONNXConstant(Tensor([], Shape(0)), isInteger: false)) }
    var raised: [ONNXOperand] = []
    for operand in list { raised.append(try emitter.emit(Unsqueeze(axes: [0]), [operand], at: place, weights: [])) }
    return try emitter.emit(Concat(axis: 0), raised, at: place, weights: [])
  }
}

extension ONNXFrame {
  /// A graph in a node that stands at `place`.
  init(_ graph: ONNXGraph, in place: ModulePlace) {
    let places = graph.modulePlaces().map { own in
      if !own.scopes.isEmpty { return own }
      // A node that nothing places stands where the graph does, under a name that none outside has.
      return ModulePlace(scopes: place.scopes, name: "\(place.name)_\(own.name)", vanished: own.vanished)
    }
    self.init(graph.nodes, places: places, producers: graph.producers, forgets: false)
  }
}
