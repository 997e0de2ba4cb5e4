import ModelFormats

/// Recurrent networks over sequences, rolled out: every step is nodes of its own, and gradients pass back through time as through any
/// others.
extension ONNXConverters {
  static func lstm(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let couples = try node.int("input_forget", default: 0)
    guard couples == 0 else { throw node.notComputed("input_forget", couples) }
    let recurrence = try Recurrence(node, gates: 4, functions: ["Sigmoid", "Tanh", "Tanh"])
    return try recurrence.results { (run, state) throws(InputError) in
      // In the file's order: input, output, forget and cell.
      var gates: [ONNXOperand] = []
      for gate in 0..<4 { gates.append(try run.function(gate < 3 ? 0 : 1, try run.sum(gate, state))) }
      let kept = try node.emit(Mul(), gates[2], state.cell)
      let cell = try node.emit(Add(), kept, try node.emit(Mul(), gates[0], gates[3]))
      return (try node.emit(Mul(), gates[1], try run.function(2, cell)), cell)
    }
  }

  static func gru(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let isResetBehind = try node.int("linear_before_reset", default: 0) != 0
    return try Recurrence(node, gates: 3, functions: ["Sigmoid", "Tanh"]).results { (run, state) throws(InputError) in
      // In the file's order: update, reset and hidden.
      let update = try run.function(0, try run.sum(0, state))
      let reset = try run.function(0, try run.sum(1, state))
      let past =
        isResetBehind
        ? try node.emit(Mul(), reset, try run.recurrent(2, state.hidden))
        : try run.recurrent(2, try node.emit(Mul(), reset, state.hidden))
      let fresh = try run.function(1, try node.emit(Add(), try run.input(2, state), past))
      let kept = try node.emit(Mul(), update, try node.emit(Sub(), state.hidden, fresh))
      return (try node.emit(Add(), fresh, kept), state.cell)
    }
  }

  static func rnn(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    try Recurrence(node, gates: 1, functions: ["Tanh"]).results { (run, state) throws(InputError) in
      (try run.function(0, try run.sum(0, state)), state.cell)
    }
  }
}

/// A recurrent node: its inputs are the sequence (steps, batch, features), by direction the gates' weights of the input and of what the
/// step before gave, and biases, then initial states.
private struct Recurrence {
  /// What a step begins with.
  struct State {
    var time: Int
    var hidden: ONNXOperand
    var cell: ONNXOperand
  }

  /// One gate of one direction.
  struct Gate {
    /// Of all steps: steps, batch, units.
    let inputs: ONNXOperand
    let matrix: ONNXOperand
    let bias: ONNXOperand?
  }

  /// One direction under way.
  struct Run {
    let node: ONNXNodeContext
    let gates: [Gate]
    let functions: [any Operation]

    func input(_ gate: Int, _ state: State) throws(InputError) -> ONNXOperand {
      let step = Slice([Slice.Range(axis: 0, start: state.time, end: state.time + 1)])
      return try node.emit(Squeeze(axes: [0]), try node.emit(step, gates[gate].inputs))
    }

    func recurrent(_ gate: Int, _ hidden: ONNXOperand) throws(InputError) -> ONNXOperand {
      let product = try node.emit(MatMul(), hidden, gates[gate].matrix)
      guard let bias = gates[gate].bias else { return product }
      return try node.emit(Add(), product, bias)
    }

    func sum(_ gate: Int, _ state: State) throws(InputError) -> ONNXOperand {
      try node.emit(Add(), try input(gate, state), try recurrent(gate, state.hidden))
    }

    func function(_ index: Int, _ operand: ONNXOperand) throws(InputError) -> ONNXOperand {
      try node.emit(functions[index], operand)
    }
  }

  /// The most steps; rows, columns and tokens of pictures are hundreds.
  private static let stepLimit = 1 << 14
  private static let known: [String: any Operation] = ["sigmoid": Sigmoid(), "tanh": Tanh(), "relu": ReLU()]

  private let node: ONNXNodeContext
  private let gateCount: Int
  /// By direction.
  private let functions: [[any Operation]]
  private let isReversed: [Bool]
  private let steps: Int
  private let units: Int

  init(_ node: ONNXNodeContext, gates: Int, functions names: [String]) throws(InputError) {
    (self.node, gateCount) = (node, gates)
    let direction = try node.string("direction", default: "forward")
    let directions = ["forward": [false], "reverse": [true], "bidirectional": [false, true]]
    guard let isReversed = directions[direction] else { throw node.notComputed("direction", direction) }
    self.isReversed = isReversed
    let layout = try node.int("layout", default: 0)
    guard layout == 0 else { throw node.notComputed("layout", layout) }
    functions = try Self.functions(node, names, directions: isReversed.count)
    let (x, past) = (try node.operand(0).shape, try node.operand(2).shape)
    guard x.rank == 3, past.rank == 3, past[0] == isReversed.count, past[1] == gates * past[2], past[2] >= 1 else {
      throw InputError("", "has recurrent weights of \(past) for a sequence of \(x)")
    }
    (steps, units) = (x[0], past[2])
    guard try node.int("hidden_size", default: units) == units, (1...Self.stepLimit).contains(steps) else {
      throw InputError("", "runs \(steps) steps", remedy: "\(Self.stepLimit) at most, and one hidden size")
    }
    if let lengths = try node.optionalConstant(4), !lengths.integers.allSatisfy({ $0 == steps }) {
      throw InputError(
        "", "takes sequences of other lengths than \(steps)", remedy: "an export without packed sequences")
    }
  }

  /// By direction, what each of `names` is, or what the node has in its place.
  private static func functions(
    _ node: ONNXNodeContext, _ names: [String], directions: Int
  ) throws(InputError) -> [[any Operation]] {
    let given = try node.strings("activations") ?? (0..<directions).flatMap { _ in names }
    // Of functions that are not known here.
    node.passOver("activation_alpha")
    node.passOver("activation_beta")
    guard given.count >= names.count * directions else {
      throw InputError("", "has \(given.count) activations for \(directions) directions")
    }
    var functions: [[any Operation]] = []
    for direction in 0..<directions {
      functions.append([])
      for name in given[(direction * names.count)...].prefix(names.count) {
        guard let function = known[name.lowercased()] else { throw node.notComputed("activations", name) }
        functions[direction].append(function)
      }
    }
    return functions
  }

  /// The node's outputs: every step's state, the last one's, and its cells.
  func results(
    _ step: (Run, State) throws(InputError) -> (hidden: ONNXOperand, cell: ONNXOperand)
  ) throws(InputError) -> [ONNXOperand] {
    var (all, hidden, cells): ([ONNXOperand], [ONNXOperand], [ONNXOperand]) = ([], [], [])
    for direction in isReversed.indices {
      var gates: [Gate] = []
      for index in 0..<gateCount { gates.append(try gate(index, direction)) }
      let run = Run(node: node, gates: gates, functions: functions[direction])
      var state = State(time: 0, hidden: try initial(5, direction), cell: try initial(6, direction))
      var outputs: [ONNXOperand] = []
      for index in 0..<steps {
        state.time = isReversed[direction] ? steps - 1 - index : index
        (state.hidden, state.cell) = try step(run, state)
        outputs.append(try node.emit(Unsqueeze(axes: [0, 1]), state.hidden))
      }
      all.append(try node.emit(Concat(axis: 0), isReversed[direction] ? outputs.reversed() : outputs))
      hidden.append(try node.emit(Unsqueeze(axes: [0]), state.hidden))
      cells.append(try node.emit(Unsqueeze(axes: [0]), state.cell))
    }
    let outputs = [try node.emit(Concat(axis: 1), all), try node.emit(Concat(axis: 0), hidden)]
    return gateCount == 4 ? outputs + [try node.emit(Concat(axis: 0), cells)] : outputs
  }

  private func gate(_ index: Int, _ direction: Int) throws(InputError) -> Gate {
    let rows = index * units..<(index + 1) * units
    let weight = try part(try node.operand(1), direction, rows)
    let matrix = try part(try node.operand(2), direction, rows)
    var inputs = try node.emit(MatMul(), try node.operand(0), try node.emit(Transpose([1, 0]), weight))
    var bias: ONNXOperand?
    if let biases = node.optional(3) {
      let behind = rows.lowerBound + gateCount * units..<rows.upperBound + gateCount * units
      inputs = try node.emit(Add(), inputs, try part(biases, direction, rows))
      bias = try part(biases, direction, behind)
    }
    return Gate(inputs: inputs, matrix: try node.emit(Transpose([1, 0]), matrix), bias: bias)
  }

  /// Rows of what one direction has of an operand.
  private func part(_ operand: ONNXOperand, _ direction: Int, _ rows: Range<Int>) throws(InputError) -> ONNXOperand {
    let own = try one(operand, direction)
    return try node.emit(Slice([Slice.Range(axis: 0, start: rows.lowerBound, end: rows.upperBound)]), own)
  }

  private func one(_ operand: ONNXOperand, _ direction: Int) throws(InputError) -> ONNXOperand {
    guard operand.shape.dimensions.first == isReversed.count else {
      throw InputError("", "has an input of \(operand.shape) for \(isReversed.count) directions")
    }
    let range = Slice.Range(axis: 0, start: direction, end: direction + 1)
    return try node.emit(Squeeze(axes: [0]), try node.emit(Slice([range]), operand))
  }

  /// The state before the first step: zeros where the node is given none.
  private func initial(_ input: Int, _ direction: Int) throws(InputError) -> ONNXOperand {
    guard gateCount == 4 || input == 5, let operand = node.optional(input) else {
      let batch = try node.operand(0).shape[1]
      return .constant(ONNXConstant(Tensor(repeating: 0, Shape(batch, units)), isInteger: false))
    }
    return try one(operand, direction)
  }
}
