/// One attention of a network: a softmax whose shares weigh values by places of the picture.
struct AttentionSite: Sendable {
  /// The softmax, as an index into the graph's nodes.
  let node: Int
  /// The softmax's call: hooks on its module see the shares.
  let call: Int
  /// What the shares mixed, … queries × features.
  let mixed: Value
  let queries: Int
  let keys: Int
  /// The keys as a grid; nil where they are not all places of one grid, with special tokens or without.
  let grid: TokenGrid?
  /// Whether the queries are the same tokens as the keys.
  let isSquare: Bool

  /// Whether there is an attention of every token to every token.
  var isWhole: Bool { grid != nil && isSquare }
}

/// An axis of tokens: the picture's, and special ones beside them.
struct TokenGrid: Sendable {
  let axis: Layout.Axis
  let rows: Lines
  let columns: Lines
  /// Where the picture's tokens stand on the axis.
  let picture: Range<Int>
  /// The first of the special tokens: the class token, where there is one.
  let special: Int?
  private let view: GridView

  /// - Parameter layout: of the value that has the axis.
  /// - Returns: nil unless the axis holds all places of the grid, and nothing beside them but special tokens.
  init?(_ axis: Layout.Axis, of layout: Layout) {
    guard let index = axis.parts.firstIndex(where: \.holdsPositions), !axis.isUnknown else { return nil }
    let part = axis.parts[index]
    guard axis.parts.count(where: \.holdsPositions) == 1, part.allSatisfy(\.isPosition),
      part.size == layout.rows.count * layout.columns.count,
      let view = GridView(
        Layout([axis], rows: layout.rows, columns: layout.columns), Shape(axis.size))
    else { return nil }
    let start = axis.parts[..<index].reduce(0) { $0 + $1.size }
    (self.axis, self.view, rows, columns) = (axis, view, layout.rows, layout.columns)
    picture = start..<start + part.size
    special = axis.size == part.size ? nil : start > 0 ? 0 : part.size
  }

  /// Whether another axis has the same tokens in the same order.
  func isSame(as other: TokenGrid) -> Bool { axis == other.axis && rows == other.rows && columns == other.columns }

  /// A number a token, as a map of the picture.
  func map(_ numbers: [Double]) -> Heatmap {
    let turned = view.turned(Tensor(numbers.map { Float($0) }, Shape(numbers.count)))
    return Heatmap(width: view.columns, height: view.rows, values: turned.logical())
  }
}

/// The attentions of a network, in the order they run.
struct Attentions: Sendable {
  let sites: [AttentionSite]
  /// The tokens of the last attention's queries that the output is read from: the class token, the class and the distillation token of
  /// a network with two heads, the picture's, or all of them where a mean is over all; all of a single query's.
  let readers: [Int]
  /// Whether the output reads special tokens and, apart from them, the picture's: `readers` are the special ones then.
  let hasOtherReaders: Bool
  /// By attention, the call whose output is the sum that all goes through behind it and before the next: a block's. nil where some has
  /// none.
  let blocks: [Int]?
  /// The axis of tokens of what leaves a block, where the output is read from special ones; nil where it is read from the picture's.
  let averagedAxis: Int?

  init(_ graph: Graph, _ positions: PositionMap) {
    let uses = Self.uses(graph)
    sites = graph.nodes.indices.compactMap { Self.site($0, graph, positions, uses) }
    guard let last = sites.last else {
      (readers, hasOtherReaders, blocks, averagedAxis) = ([], false, nil, nil)
      return
    }
    let (needs, ownQueries) = (positions.needs(of: last.mixed), last.isSquare ? last.grid : nil)
    let special = needs.contains(.special) ? ownQueries?.special : nil
    let picked = ownQueries.map { TokenPicks(graph, positions, uses: uses).special(of: $0, from: last.node) } ?? []
    // Where no token is picked, one mean is over special tokens and the picture's.
    let classTokens = special.map { picked.isEmpty && !needs.needsPicture ? [$0] : picked } ?? []
    hasOtherReaders = !classTokens.isEmpty && needs.needsPicture
    let pictureAlone = special == nil ? ownQueries.map { Array($0.picture) } : nil
    readers = classTokens.isEmpty ? pictureAlone ?? Array(0..<last.queries) : classTokens
    let blocks = Self.blocks(graph, positions, sites.map(\.node))
    let axes = Set((blocks ?? []).map { positions.layout(of: graph.calls[$0].output).tokenAxis })
    averagedAxis = classTokens.isEmpty ? nil : axes.first.flatMap { $0 }
    // Tokens that are not told from features have no mean.
    self.blocks = !classTokens.isEmpty && (axes.count != 1 || averagedAxis == nil) ? nil : blocks
  }

  // MARK: Finding them

  /// By value, the nodes that use it.
  private static func uses(_ graph: Graph) -> [[Int]] {
    var uses = [[Int]](repeating: [], count: graph.nodes.count + 1)
    for (index, node) in graph.nodes.enumerated() { for value in node.inputs { uses[value.index].append(index) } }
    return uses
  }

  private static func site(
    _ index: Int, _ graph: Graph, _ positions: PositionMap, _ uses: [[Int]]
  ) -> AttentionSite? {
    let node = graph.nodes[index]
    let shape = positions.shape(of: node.output)
    guard case .shares(let axis)? = node.operation.attentionPart, shape.rank >= 2,
      (axis + shape.rank) % shape.rank == shape.rank - 1,
      let product = product(of: node.output, graph, uses), product.inputs.count == 2
    else { return nil }
    let values = positions.layout(of: product.inputs[1])
    guard values.axes.count >= 2 else { return nil }
    let keys = values.axes[values.axes.count - 2]
    // What is shared out over features, as in a cross-covariance, is no attention to places.
    guard keys.holdsPositions || keys.isUnknown else { return nil }
    let (queries, weights) = (shape[shape.rank - 2], positions.layout(of: node.output))
    let isInWindows =
      weights.axes.dropLast(2).contains { $0.holdsPositions || $0.isUnknown }
      || values.axes.dropLast(2).contains { $0.holdsPositions || $0.isUnknown }
    let grid = isInWindows ? nil : TokenGrid(keys, of: values)
    let asked = TokenGrid(weights.axes[shape.rank - 2], of: weights)
    return AttentionSite(
      node: index, call: node.call, mixed: product.output, queries: queries, keys: shape[shape.rank - 1], grid: grid,
      isSquare: grid.flatMap { grid in asked.map { grid.isSame(as: $0) } } ?? false)
  }

  /// The product whose left factor a softmax's shares are.
  private static func product(of value: Value, _ graph: Graph, _ uses: [[Int]]) -> Node? {
    var value = value
    // As many steps as a guard and a dropout take; each hands the shares on.
    for _ in 0..<8 {
      var next: Value?
      for index in uses[value.index] {
        let node = graph.nodes[index]
        switch node.operation.attentionPart {
        case .mixes? where node.inputs.first == value: return node
        case .passes?: next = node.output
        default: break
        }
      }
      guard let next else { return nil }
      value = next
    }
    return nil
  }

  // MARK: Blocks

  /// By attention, the call of the last sum of two values of tokens behind it and before the next that everything passes through.
  private static func blocks(_ graph: Graph, _ positions: PositionMap, _ sites: [Int]) -> [Int]? {
    let cuts = cuts(graph)
    var calls: [Int] = []
    for (site, next) in zip(sites, sites.dropFirst() + [graph.nodes.count]) {
      let sum = graph.nodes[site..<next].last { node in
        // Sums of scores, as of two heads, are none of tokens.
        cuts[node.output.index] && node.inputs.count == 2 && node.operation.isAffine
          && positions.layout(of: node.output).holdsPositions
          && node.inputs.allSatisfy { positions.shape(of: $0) == positions.shape(of: node.output) }
      }
      guard let sum else { return nil }
      calls.append(sum.call)
    }
    return calls
  }

  /// By value, whether all that the output knows of the input goes through it.
  private static func cuts(_ graph: Graph) -> [Bool] {
    var lastUse = [Int](repeating: 0, count: graph.nodes.count + 1)
    var isMade = [Bool](repeating: false, count: graph.nodes.count + 1)
    isMade[graph.input.index] = true
    for node in graph.nodes where node.inputs.contains(where: { isMade[$0.index] }) { isMade[node.output.index] = true }
    var isNeeded = [Bool](repeating: false, count: graph.nodes.count + 1)
    isNeeded[graph.output.index] = true
    for node in graph.nodes.reversed() where isNeeded[node.output.index] {
      for value in node.inputs where isMade[value.index] {
        isNeeded[value.index] = true
        lastUse[value.index] = max(lastUse[value.index], node.output.index)
      }
    }
    var farthest = 0
    return lastUse.indices.map { index in
      defer { if isMade[index] { farthest = max(farthest, lastUse[index]) } }
      return isMade[index] && isNeeded[index] && farthest <= index
    }
  }
}
