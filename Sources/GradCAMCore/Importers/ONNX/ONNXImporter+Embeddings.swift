import ModelFormats

extension ONNXImporter {
  /// A better complaint about a node that adds position embeddings of another size than the picture's grid: the size that fits.
  ///
  /// - Returns: nil where the node does something else.
  func embeddingError(_ node: ONNXNode) -> InputError? {
    guard node.opType == "Add", node.inputs.count == 2, let image = imageShape, image.isFeatureMap,
      let (value, shape, embedding) = addends(node), shape.rank == embedding.rank
    else { return nil }
    // What is refused is not used any more: the tree may be closed here.
    let graph = emitter.tree.graph(output: value)
    guard let shapes = try? graph.shapes(for: image) else { return nil }
    let layout = PositionMap(graph, shapes).layout(of: value)
    let differing = shape.dimensions.indices.filter { shape[$0] != embedding[$0] && embedding[$0] != 1 }
    guard !layout.isUnknown, min(layout.rows.count, layout.columns.count) > 0, !differing.isEmpty,
      differing.allSatisfy({ layout.axes[$0].holdsPositions }),
      let (rows, columns) = Self.grid(layout, differing, embedding), rows > 0, columns > 0
    else { return nil }
    let (own, patch) = (
      (layout.rows.count, layout.columns.count), (image.h / layout.rows.count, image.w / layout.columns.count)
    )
    guard patch.0 > 0, patch.1 > 0 else { return nil }
    let (height, width) = (saturatingProduct(rows, patch.0), saturatingProduct(columns, patch.1))
    guard max(height, width) <= Preprocessing.longestSide else { return nil }
    return InputError(
      "",
      """
      \(node.label) adds position embeddings of \(rows)×\(columns) patches to \(own.0)×\(own.1), which \
      \(image.h)×\(image.w) pixels make
      """,
      remedy: "\(.inputShape) \(image.c)x\(height)x\(width)")
  }

  /// The shape of the image as the network gets it.
  private var imageShape: Shape? {
    operands.values.lazy.compactMap { operand in
      if case .value(let value, let shape) = operand, value.index == 0 { shape } else { nil }
    }.first
  }

  /// Of a sum's operands the value, and the shape of the constant.
  private func addends(_ node: ONNXNode) -> (value: Value, shape: Shape, embedding: Shape)? {
    let both = node.inputs.compactMap { operands[$0] }
    for (one, other) in zip(both, both.reversed()) {
      if case .value(let value, let shape) = one, case .constant(let constant) = other {
        return (value, shape, constant.shape)
      }
    }
    return nil
  }

  /// The rows and columns that embeddings are made for: those of their own axes, or of a number of places the pair that is nearest to a
  /// square.
  private static func grid(_ layout: Layout, _ differing: [Int], _ embedding: Shape) -> (rows: Int, columns: Int)? {
    let (rowAxes, columnAxes) = (layout.axes(of: .row), layout.axes(of: .column))
    guard let rowAxis = rowAxes.first, let columnAxis = columnAxes.first, rowAxes.count == 1, columnAxes.count == 1
    else {
      return nil
    }
    if rowAxis != columnAxis { return (embedding[rowAxis], embedding[columnAxis]) }
    let special = layout.axes[rowAxis].size - saturatingProduct(layout.rows.count, layout.columns.count)
    let places = embedding[rowAxis] - special
    guard places > 0, special >= 0 else { return nil }
    var rows = Int(Double(places).squareRoot())
    while rows > 1, places % rows != 0 { rows -= 1 }
    return (rows, places / rows)
  }
}
