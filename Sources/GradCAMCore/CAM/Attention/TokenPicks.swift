/// Which special tokens the output is read from.
struct TokenPicks {
  private let graph: Graph
  private let positions: PositionMap
  /// By value, the nodes that use it.
  private let uses: [[Int]]

  init(_ graph: Graph, _ positions: PositionMap, uses: [[Int]]) {
    (self.graph, self.positions, self.uses) = (graph, positions, uses)
  }

  /// The special tokens that nodes from `start` on pick from an axis of tokens, in order: the class token and, of a distilled network
  /// with two heads, the distillation token. None where they are not picked by their places.
  func special(of grid: TokenGrid, from start: Int) -> [Int] {
    var found = Set<Int>()
    for node in graph.nodes[start...] {
      guard let value = node.inputs.first, value.index > start else { continue }
      let layout = positions.layout(of: value)
      guard let axis = layout.tokenAxis, layout.axes[axis] == grid.axis,
        let picked = picked(by: node, of: Array(0..<grid.axis.size), axis),
        !picked.contains(where: grid.picture.contains)
      else { continue }
      found.formUnion(read(node.output, axis, picked))
    }
    return found.sorted()
  }

  /// What a node takes of some tokens along an axis; nil where it does something else.
  private func picked(by node: Node, of tokens: [Int], _ axis: Int) -> [Int]? {
    guard let value = node.inputs.first, !positions.needs(of: node.output).isEmpty,
      let movement = node.operation.movement(positions.shape(of: value), positions.shape(of: node.output)),
      let part = movement.parts.first(where: { $0.axis == axis })
    else { return nil }
    return (0..<part.count).map { tokens[part.start + $0 * part.step] }
  }

  /// Those of a value's tokens that are picked from it in turn; all where something else is made of them.
  private func read(_ value: Value, _ axis: Int, _ tokens: [Int]) -> [Int] {
    guard tokens.count > 1 else { return tokens }
    let users = uses[value.index].map { graph.nodes[$0] }.filter { !positions.needs(of: $0.output).isEmpty }
    let parts = users.map { picked(by: $0, of: tokens, axis) }
    return parts.contains { $0 == nil } ? tokens : parts.flatMap { $0 ?? [] }
  }
}
