import ModelFormats

/// ONNX's GatherND: the entries of the first input that the last axis of the second names, index by index.
struct GatherND: PickingOperation {
  let kind = "gather_nd"
  /// The leading axes that both inputs share.
  var batchAxes = 0

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 2)
    return try inputs[0].expectEntries(inputs[1], batchAxes: batchAxes)
  }

  func places(_ indices: Tensor, in data: Shape) -> NamedPlaces {
    NamedPlaces(entries: indices, of: data, batchAxes: batchAxes)
  }

  /// Where the axes that are indexed hold no positions.
  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    guard let layout = inputs[0], let depth = shapes[1].dimensions.last else { return nil }
    let (shared, rest) = (layout.axes[..<batchAxes], layout.axes[(batchAxes + depth)...])
    let indexed = layout.axes[batchAxes..<batchAxes + depth]
    guard !indexed.contains(where: { $0.holdsPositions || $0.isUnknown }) else { return nil }
    let new = shapes[1].dimensions[batchAxes...].dropLast().map { Layout.Axis(.channel, $0) }
    return Layout(shared + new + rest, rows: layout.rows, columns: layout.columns).settled()
  }
}
