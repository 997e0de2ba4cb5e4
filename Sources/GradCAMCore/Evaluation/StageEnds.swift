/// The layers that end the stages of a network: for each size of feature map one, the deepest stage's first.
///
/// The last module of a size is often the start of the next stage: the expansion before a depthwise convolution that halves the map. The
/// last sum or concatenation of a size ends a block instead, and of the modules from there on the one of the shortest path is the whole
/// stage: `layer3` for `layer3.1.add`.
struct StageEnds {
  /// As records spell them.
  private(set) var layers: [String] = []
  private let graph: Graph
  private let positions: PositionMap

  /// - Parameter isWanted: for maps of which size.
  init(_ graph: Graph, _ positions: PositionMap, where isWanted: (GridView) -> Bool) {
    (self.graph, self.positions) = (graph, positions)
    var sizes: Set<[Int]> = []
    // Padded and cut maps are of sizes that no stage has.
    for node in graph.nodes.reversed() where !positions.onlyMovesOrPools(node) {
      guard let view = positions.view(of: node.output), isWanted(view),
        sizes.insert([view.rows, view.columns]).inserted
      else { continue }
      if let layer = layer(rows: view.rows, columns: view.columns) { layers.append(layer) }
    }
  }

  private func layer(rows: Int, columns: Int) -> String? {
    func hasSize(_ value: Value) -> Bool {
      positions.view(of: value).map { $0.rows == rows && $0.columns == columns } ?? false
    }
    let joint = graph.nodes.last { ($0.operation is Add || $0.operation is Concat) && hasSize($0.output) }?.output.index
    var best: (path: String, depth: Int, place: Int)?
    for path in graph.modulePaths {
      guard let output = graph.lastCall(path)?.output, output.index >= joint ?? 0, hasSize(output) else { continue }
      let depth = path.utf8.count { $0 == UInt8(ascii: ".") }
      if let best, (best.depth, -best.place) < (depth, -output.index) { continue }
      best = (path, depth, output.index)
    }
    return best.map { graph.canonicalPath($0.path) }
  }
}
