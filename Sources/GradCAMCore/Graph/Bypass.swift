/// What a network needs beside the output of one call to go on from there: values made of the input by other ways, such as what a
/// residual connection brings.
struct Bypass: Hashable {
  /// The last ones that nothing of the call's output is in, in execution order; none where everything passes through the call.
  let values: [Value]

  /// - Returns: nil where the network's output does not depend on the call's.
  init?(_ graph: Graph, around call: Int) {
    let start = graph.calls[call].output
    let (behind, made) = (Self.made(of: start, in: graph), Self.made(of: graph.input, in: graph))
    guard behind[graph.output.index] else { return nil }
    var (seen, values, open) = ([Bool](repeating: false, count: behind.count), [Value](), [graph.output])
    while let value = open.popLast() {
      if value == start || seen[value.index] { continue }
      seen[value.index] = true
      if made[value.index] && !behind[value.index] {
        values.append(value)
      } else if let node = graph.producer(value) {
        open += node.inputs
      }
    }
    self.values = values.sorted { $0.index < $1.index }
  }

  /// By value, whether anything of `source` is in it.
  private static func made(of source: Value, in graph: Graph) -> [Bool] {
    var made = [Bool](repeating: false, count: graph.nodes.count + 1)
    made[source.index] = true
    for node in graph.nodes where node.inputs.contains(where: { made[$0.index] }) { made[node.output.index] = true }
    return made
  }
}
