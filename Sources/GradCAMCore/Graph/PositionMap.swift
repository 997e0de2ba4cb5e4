/// Where the rows and columns of the picture lie in each value of a network, and what of it the output depends on.
///
/// One walk from the input to the output, and one back; both look at shapes alone.
struct PositionMap: Sendable {
  /// What a value is to methods that explain at a layer.
  enum Standing {
    /// A feature map.
    case map(GridView)
    /// It tells no places apart.
    case pooled
    /// It holds some of the picture's rows or columns.
    case part
    /// It has places and features, but features lie along several axes or among the places, as in an attention.
    case scattered
    /// Its positions could not be followed through the operation of this node.
    case lost(node: Int)
    /// A feature map whose places the output does not depend on.
    case unused
  }

  private let shapes: [Value: Shape]
  /// By value, as all that follows.
  private var layouts: [Layout]
  private var lostAt: [Int?]
  private var needs: [TokenNeeds]
  private var passesAll: [Bool]
  /// Whether special tokens stand beside the picture's anywhere.
  private(set) var hasTokens = false

  /// - Parameter shapes: of all values, for one image.
  init(_ graph: Graph, _ shapes: [Value: Shape]) {
    self.shapes = shapes
    let count = graph.nodes.count + 1
    layouts = []
    lostAt = Array(repeating: nil, count: count)
    needs = Array(repeating: [], count: count)
    passesAll = Array(repeating: true, count: count)
    layouts.reserveCapacity(count)
    follow(graph)
    hasTokens = layouts.contains { $0.tokenAxis != nil }
    trace(graph, from: graph.output)
  }

  // MARK: Answers

  func shape(of value: Value) -> Shape { shapes[value] ?? Shape() }

  func standing(of value: Value) -> Standing {
    let layout = layouts[value.index]
    if let node = lostAt[value.index] { return .lost(node: node) }
    guard layout.holdsPositions, layout.rows.count * layout.columns.count > 1 else { return .pooled }
    if layout.rows.isPart || layout.columns.isPart { return .part }
    guard let shape = shapes[value], let view = GridView(layout, shape) else { return .scattered }
    return needs[value.index].needsPicture ? .map(view) : .unused
  }

  /// What the value's axes stand for.
  func layout(of value: Value) -> Layout { layouts[value.index] }

  /// What the output depends on of the value.
  func needs(of value: Value) -> TokenNeeds { needs[value.index] }

  /// The value as N C H W, where it is a feature map that the output depends on.
  func view(of value: Value) -> GridView? {
    if case .map(let view) = standing(of: value) { view } else { nil }
  }

  /// Whether the output depends on the picture through this value as a whole: on all of its features, and, where special tokens gather
  /// what they attend to, by no other way.
  ///
  /// Keys and values of an attention alone say little: the norm before them says what both are made of.
  func isWhole(_ value: Value) -> Bool {
    let need = needs[value.index]
    if !hasTokens, !need.isDisjoint(with: [.picture, .picked]) { return true }
    // A maximum over tokens gives all patches but its own no gradient.
    return passesAll[value.index] && !need.contains(.partly) && !need.needsPickedAlone
  }

  /// Whether all that the output knows of the picture goes through this value.
  func isOnlyWay(_ value: Value) -> Bool { passesAll[value.index] }

  /// Whether the output depends on what a node makes of a value with places, and which tells none apart: a pooling, or the choice of
  /// the class token.
  func gathersPlaces(_ node: Node) -> Bool {
    !needs[node.output.index].isEmpty && !layouts[node.output.index].holdsPositions
      && node.inputs.contains { layouts[$0.index].holdsPositions }
  }

  /// Whether a node pools places, or only moves values.
  func onlyMovesOrPools(_ node: Node) -> Bool {
    node.operation.onlyMovesOrPools(
      node.inputs.map { layouts[$0.index] }, node.inputs.map { shapes[$0] ?? Shape() })
  }

  /// Whether places of the picture could not be followed to a value that the output depends on.
  func isLost(_ value: Value) -> Bool { lostAt[value.index] != nil && !needs[value.index].isEmpty }

  /// The same places, with what `value` depends on in place of the output.
  func traced(_ graph: Graph, from value: Value) -> PositionMap {
    var result = self
    result.needs = Array(repeating: [], count: needs.count)
    result.passesAll = Array(repeating: true, count: passesAll.count)
    result.trace(graph, from: value)
    return result
  }

  // MARK: The two walks

  private mutating func follow(_ graph: Graph) {
    layouts.append(shapes[graph.input].map { $0.isFeatureMap ? Layout(image: $0) : Layout(unknown: $0) } ?? Layout([]))
    for node in graph.nodes {
      let shape = shapes[node.output] ?? Shape()
      let inputs = node.inputs.map { layouts[$0.index] }
      guard inputs.contains(where: \.holdsPositions) else {
        layouts.append(Layout(plain: shape))
        continue
      }
      let layout = node.operation.layout(of: inputs, node.inputs.map { shapes[$0] ?? Shape() }, shape)
      // An operation of somebody's own may answer wrongly; that must not make a picture.
      let fits = layout.map { $0.axes.map(\.size) == shape.dimensions } ?? false
      layouts.append(fits ? layout ?? Layout(unknown: shape) : Layout(unknown: shape))
      if layouts[node.output.index].isUnknown {
        let known = node.inputs.first { lostAt[$0.index] != nil }
        lostAt[node.output.index] = known.flatMap { lostAt[$0.index] } ?? node.output.index - 1
      }
    }
  }

  private mutating func trace(_ graph: Graph, from value: Value) {
    var reach = Array(repeating: 0, count: layouts.count)
    needs[value.index] = .picture
    for node in graph.nodes.reversed() where !needs[node.output.index].isEmpty {
      let inputs = node.inputs.map { layouts[$0.index] }
      let asked =
        inputs.contains(where: \.holdsPositions)
        ? node.operation.needs(needs[node.output.index], of: inputs, node.inputs.map { shapes[$0] ?? Shape() })
        : inputs.map { _ in .picture }
      for ((value, layout), need) in zip(zip(node.inputs, inputs), asked) {
        let need = need.ofValue(layout)
        needs[value.index].formUnion(need)
        if need.needsPicture, layout.holdsPositions { reach[value.index] = max(reach[value.index], node.output.index) }
      }
    }
    // No use of an earlier value lies behind a value that all passes.
    var farthest = 0
    for index in layouts.indices {
      passesAll[index] = farthest <= index
      farthest = max(farthest, reach[index])
    }
  }
}
