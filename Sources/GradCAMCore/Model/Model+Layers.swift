import ModelFormats

extension Model {
  /// Where the picture's rows and columns lie in each value, for inputs of the shape `input`.
  ///
  /// - Throws: `InputError` naming the module that the shapes do not fit.
  func positions(for input: Shape) throws(InputError) -> PositionMap {
    PositionMap(graph, try graph.shapes(for: input))
  }

  /// What leaves the layer at `path` as N C H W.
  ///
  /// - Throws: `InputError` without a subject where no map can be made there: why, and which layers would do.
  func view(of path: String, _ positions: PositionMap) throws(InputError) -> GridView {
    guard let call = graph.lastCall(path) else { throw InputError("", "\(path) is no module of this network") }
    let (standing, shape) = (positions.standing(of: call.output), positions.shape(of: call.output))
    if case .map(let view) = standing { return view }
    let isUsual = path != defaultLayer && graph.lastCall(defaultLayer).flatMap { positions.view(of: $0.output) } != nil
    let usual = isUsual ? defaultLayer : nil
    let suggested = suggestions(besides: path, call.output, usual, positions)
    let suggestion = suggested.isEmpty ? "" : ", such as \(suggested.joined(separator: " or "))"
    switch standing {
    case .map(let view): return view
    case .pooled:
      throw InputError(
        "", "\(path) has no spatial extent (its output is \(shape))",
        remedy: "a layer before pooling\(usual.map { ", such as \($0)" } ?? "")")
    case .part:
      throw InputError(
        "", "\(path) is no map of the picture: its output \(shape) holds a part of the rows or columns",
        remedy: "a layer that holds all of them\(suggestion)")
    case .scattered:
      throw InputError(
        "",
        """
        \(path) is no feature map: its output \(shape) has features along several axes, as the tokens of an \
        attention's heads have, or places among them
        """,
        remedy: "a layer whose positions form a grid\(suggestion)")
    case .lost(let node):
      if graph.ownBatch(positions) != nil { throw graph.noFeatureMap(positions) }
      throw InputError(
        "",
        """
        \(path) is no feature map that is known: which tokens or cells of its output \(shape) are rows and columns \
        cannot be followed through \(graph.name(node))
        """,
        remedy: "a layer whose positions form a grid\(suggestion)")
    case .unused:
      throw InputError(
        "",
        """
        \(path) is no layer to explain: of its output \(shape) the network reads only special tokens, and none of the \
        picture's
        """,
        remedy: usual.map { "a layer before, such as \($0), the last that every patch goes through" }
          ?? "a layer before\(suggestion)")
    }
  }

  /// Refuses a layer that no map can be made at; see `view`.
  func checkExtent(of path: String) throws(InputError) { _ = try view(of: path, positions(for: inputShape)) }

  /// The default layer, the nearest feature map before a value and the first, as far as they are not the layer itself.
  private func suggestions(
    besides path: String, _ value: Value, _ usual: String?, _ positions: PositionMap
  ) -> [String] {
    let before = graph.nodes[..<value.index].last { node in
      !node.operation.onlyMovesOrPools && positions.view(of: node.output) != nil
    }
    let first = graph.nodes[..<value.index].first {
      $0.operation.parameterCount > 0 && positions.view(of: $0.output) != nil
    }
    let near = [before, first].compactMap { $0.map { graph.canonicalPath(graph.path(of: $0)) } }
    var found: [String] = []
    for candidate in (usual.map { [$0] } ?? []) + near where candidate != path && !found.contains(candidate) {
      found.append(candidate)
    }
    return found
  }
}
