import ModelFormats

/// ONNX's Unsqueeze: axes of size 1 are put in.
struct Unsqueeze: ReshapingOperation {
  let kind = "unsqueeze"
  var onlyMovesOrPools: Bool { true }
  /// Of the output, from its end where negative.
  let axes: [Int]

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    let rank = inputs[0].rank + axes.count
    var added: Set<Int> = []
    for axis in axes {
      let place = axis < 0 ? axis + rank : axis
      guard place >= 0, place < rank, added.insert(place).inserted else {
        throw InputError("", "cannot put axis \(axis) into \(inputs[0])")
      }
    }
    var sizes = inputs[0].dimensions.makeIterator()
    return Shape((0..<rank).map { added.contains($0) ? 1 : sizes.next() ?? 1 })
  }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    guard var layout = inputs[0] else { return nil }
    for axis in axes.map(output.axis).sorted() { layout.axes.insert(Layout.Axis([]), at: axis) }
    return layout
  }
}
