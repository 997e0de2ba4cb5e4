import ModelFormats

/// The largest elements along one logical axis, or the smallest, from the best on; of equal ones the first comes first. NaN is the
/// largest. Values get their gradients, indices none.
struct TopK: Operation {
  /// What is given of them.
  enum Gives: Sendable { case values, indices }

  let kind = "topk"
  let count: Int
  /// Counted from the end where it is negative.
  var axis = -1
  var takesLargest = true
  var gives = Gives.values

  var keeps: Kept { gives == .values ? .inputs : [] }
  var onlyMovesOrPools: Bool { true }
  var isPiecewiseAffine: Bool { gives == .values }
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { gives == .values ? inputs[0] : .everything }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    var shape = try expectInput(inputs)
    let axis = try shape.checkedAxis(axis)
    guard (0...shape[axis]).contains(count) else {
      throw InputError("", "takes \(count) of the \(shape[axis]) along axis \(axis) of \(shape)")
    }
    shape[axis] = count
    return shape
  }

  /// What is chosen along other axes than positions keeps these.
  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    let axis = output.axis(axis)
    guard let layout = inputs[0], !layout.axes[axis].holdsPositions, !layout.axes[axis].isUnknown else { return nil }
    return layout.replacing(axis, by: Layout.Axis(.channel, output[axis])).settled()
  }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let x = inputs[0]
    return Tensor(checkedShape(of: [x.shape])) { target in
      forEachChoice(x) { place, source, index in
        target[place] = gives == .values ? x.elements[source] : Float(index)
      }
    }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let gradient = Tensor(saved.inputShapes[0]) { target in
      target.update(repeating: 0, count: saved.inputShapes[0].count)
      guard gives == .values else { return }
      forEachChoice(saved.inputs[0]) { place, source, _ in target[source] = dy.elements[place] }
    }
    return [gradient]
  }

  /// Calls `body` with where a chosen element stands in the output and in the input, in stored order, and with its index.
  private func forEachChoice(_ x: Tensor, _ body: (_ place: Int, _ source: Int, _ index: Int) -> Void) {
    let lanes = StoredAxis(x.shape, axis)
    guard count > 0 else { return }
    lanes.forEachLane { start in
      let value = { (index: Int) in x.elements[start + index * lanes.step] }
      let order = (0..<lanes.size).sorted { isBetter(value($0), value($1), $0 < $1) }
      // A lane of the output begins as many blocks on as the input's.
      let (block, offset) = start.quotientAndRemainder(dividingBy: lanes.size * lanes.step)
      for rank in 0..<count {
        let source = start + order[rank] * lanes.step
        body((block * count + rank) * lanes.step + offset, source, order[rank])
      }
    }
  }

  private func isBetter(_ a: Float, _ b: Float, _ isFirst: Bool) -> Bool {
    if a.isNaN || b.isNaN { return a.isNaN == b.isNaN ? isFirst : a.isNaN == takesLargest }
    if a == b { return isFirst }
    return takesLargest ? a > b : a < b
  }
}
