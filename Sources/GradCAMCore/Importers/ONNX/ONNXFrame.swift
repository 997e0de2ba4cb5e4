import ModelFormats

/// A graph whose nodes are converted: the file's own, or one in a node.
struct ONNXFrame {
  let nodes: [ONNXNode]
  let places: [ModulePlace]
  /// The node that makes each value.
  let producers: [String: Int]
  /// By node, the constants that nobody takes behind it.
  let lastUses: [Int: [String]]
  private var needed: [Bool]

  /// - Parameter forgets: whether constants are of no use behind the last node that takes them: not so in a graph that runs again.
  init(_ nodes: [ONNXNode], places: [ModulePlace], producers: [String: Int], forgets: Bool) {
    (self.nodes, self.places, self.producers) = (nodes, places, producers)
    needed = [Bool](repeating: false, count: nodes.count)
    // What a branch takes is computed when it is chosen, after nodes that stand behind it.
    let isInOrder = nodes.allSatisfy { $0.opType != "If" }
    lastUses = forgets && isInOrder ? Self.lastUses(nodes) : [:]
  }

  private static func lastUses(_ nodes: [ONNXNode]) -> [Int: [String]] {
    var last: [String: Int] = [:]
    for (index, node) in nodes.enumerated() { for name in node.inputs + node.captures { last[name] = index } }
    return last.reduce(into: [:]) { uses, use in uses[use.value, default: []].append(use.key) }
  }

  /// Marks the nodes that values depend on; of a choice between graphs, only what it chooses by.
  ///
  /// - Returns: those that were not marked before, in the file's order.
  mutating func require(_ names: [String]) -> [Int] {
    var found: [Int] = []
    var open = names
    while let name = open.popLast() {
      guard let index = producers[name], !needed[index] else { continue }
      needed[index] = true
      found.append(index)
      open += nodes[index].inputs
      if nodes[index].opType != "If" { open += nodes[index].captures }
    }
    return found.sorted()
  }
}
