/// What a network's last operations make of its scores.
struct Ending: Sendable {
  /// What leaves a network.
  enum Output: Sendable {
    /// Shares, from 0 to 1.
    case shares
    /// Their logarithms.
    case logarithms
    /// What weights give, any numbers at all.
    case scores
    /// The graph does not tell.
    case unknown
  }

  let output: Output
  /// What makes shares of the logits; `none` where the graph tells of nothing that does.
  let activation: FinalActivation
  /// The value before a final sigmoid or softmax whose shares leave the network; else what leaves it. Of logits that are quantised it is
  /// what they were before: a quantised one passes no gradient where its range ends, and the best class is likeliest to lie there.
  let logits: Value

  /// Reads a network from its end.
  ///
  /// - Parameter shapes: of all values, for one image; without them less is understood.
  init(_ nodes: [Node], output value: Value, shapes: [Value: Shape]) {
    let reader = EndingReader(nodes: nodes, shapes: shapes)
    if let found = reader.activation(before: value) {
      (activation, output) = (found.activation, found.isLogarithm ? .logarithms : .shares)
      logits = reader.unquantized(found.isLogarithm ? value : found.logits)
    } else {
      (activation, logits) = (.none, reader.unquantized(value))
      var ranges: [Value: ClosedRange<Float>] = [:]
      let range = reader.range(of: value, &ranges)
      // What is always the same is no share.
      let holdsShares = range.lowerBound >= -1e-6 && range.upperBound <= 1 + 1e-6 && range.lowerBound < range.upperBound
      output = holdsShares ? .shares : reader.isGivenByWeights(value) ? .scores : .unknown
    }
  }

  /// Whether the graph says itself what its outputs are.
  var isKnown: Bool { output == .shares || output == .logarithms }

  /// An image's shares; nil where nothing makes shares of what is given.
  ///
  /// - Parameters:
  ///   - row: what leaves the network, or the logits.
  ///   - isOutput: whether it is the former.
  ///   - kind: what makes shares of scores.
  func shares(of row: [Float], isOutput: Bool, _ kind: FinalActivation) -> [Float]? {
    guard isOutput else { return kind.shares(of: row) }
    switch output {
    case .shares: return row
    case .logarithms: return row.map(Exponential.value)
    case .scores, .unknown: return kind.shares(of: row)
    }
  }
}

/// Looks for a final activation, from a network's end.
private struct EndingReader {
  let nodes: [Node]
  let shapes: [Value: Shape]

  private func producer(_ value: Value) -> Node? { value.index == 0 ? nil : nodes[value.index - 1] }

  /// The last activation that is a node or is written out, behind which shares are only moved, held between bounds, or have their
  /// logarithm taken.
  func activation(
    before output: Value
  ) -> (activation: FinalActivation, logits: Value, isLogarithm: Bool)? {
    let written = WrittenOutActivation(nodes: nodes, shapes: shapes)
    var value = output
    // How often the logarithm of shares is taken behind `value`, less the exponentials.
    var logarithms = 0
    while let node = producer(value), let source = node.inputs.first {
      if let (activation, logits, isLogarithm) = found(node, source, written) {
        let count = logarithms + (isLogarithm ? 1 : 0)
        return count == 0 || count == 1 ? (activation, logits, count == 1) : nil
      }
      switch node.operation.term {
      case .logarithm: logarithms += 1
      case .exponential: logarithms -= 1
      default: if !passes(node) { return nil }
      }
      value = source
    }
    return nil
  }

  /// The activation that one node is, or is the last of.
  private func found(
    _ node: Node, _ source: Value, _ written: WrittenOutActivation
  ) -> (FinalActivation, logits: Value, isLogarithm: Bool)? {
    let activation = node.operation.finalActivation(of: shapes[source])
    if activation != .none { return (activation, source, false) }
    if let (activation, logits) = written.found(at: node.output) { return (activation, logits, false) }
    return written.logSoftmax(at: node.output).map { (.softmax, $0, true) }
  }

  private func passes(_ node: Node) -> Bool {
    guard node.inputs.count == 1 else { return false }
    let (input, output) = (shapes[node.inputs[0]], shapes[node.output])
    return input?.count == output?.count && node.operation.passesShares(from: input, to: output)
  }

  /// What a value was before it was quantised and brought back, moved or not; the value itself where that is not all that was done.
  func unquantized(_ quantized: Value) -> Value {
    var (value, found) = (quantized, quantized)
    while let node = producer(value), passes(node), node.operation.isQuantization || movesAlone(node) {
      value = node.inputs[0]
      if node.operation.passesGradientsStraight { found = value }
    }
    return found
  }

  /// Whether what passes a node comes out as it was, which is not so of what is held between bounds.
  private func movesAlone(_ node: Node) -> Bool { node.operation.isAffine && node.operation.onlyMovesOrPools }

  /// Whether trained weights give the value, but for means and movements behind them.
  func isGivenByWeights(_ output: Value) -> Bool {
    var value = output
    while let node = producer(value), node.inputs.count == 1, node.operation.isAffine || passes(node) {
      if node.operation.parameterCount > 0 { return true }
      value = node.inputs[0]
    }
    return false
  }

  /// Between which bounds a value lies, as far as its last operations tell.
  ///
  /// - Parameter known: the bounds of values that were asked for before; a file may use one any number of times.
  func range(of value: Value, depth: Int = 6, _ known: inout [Value: ClosedRange<Float>]) -> ClosedRange<Float> {
    if let bounds = known[value] { return bounds }
    guard depth > 0, let node = producer(value) else { return .everything }
    let bounds = node.operation.range(of: node.inputs.map { range(of: $0, depth: depth - 1, &known) })
    known[value] = bounds
    return bounds
  }
}
