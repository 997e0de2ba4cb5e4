import ModelFormats

/// PyTorch's `cat`: inputs one after the other along a logical axis, all else alike.
struct Concat: Operation, WritingOperation {
  let kind = "cat"
  var takesWeights: Bool { true }
  /// Counted from the end where it is negative.
  var axis = 1
  var isAffine: Bool { true }
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { .hull(inputs) }
  /// Of one input.
  func passesShares(from input: Shape?, to output: Shape?) -> Bool { input != nil && input == output }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    guard var shape = inputs.first else { throw InputError("", "has nothing to join") }
    let axis = try shape.checkedAxis(axis, "joins along")
    for other in inputs.dropFirst() {
      var aligned = other
      if other.rank == shape.rank { aligned[axis] = shape[axis] }
      guard aligned == shape else {
        throw InputError("", "joins shapes that differ beside axis \(axis): \(inputs[0]) and \(other)")
      }
    }
    shape[axis] = inputs.reduce(0) { $0 + $1[axis] }
    return try shape.expectingMemory()
  }

  func turned(_ inputs: [Shape]) -> (any Operation)? { Concat(axis: inputs[0].turnedAxis(axis)) }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    let axis = output.axis(axis)
    let parts = inputs.indices.map { (layout: inputs[$0], size: shapes[$0][axis]) }
    return Layout.concatenating(parts, along: axis, output)
  }

  func needs(_ needs: TokenNeeds, of inputs: [Layout?], _ shapes: [Shape]) -> [TokenNeeds] {
    let axis = shapes[0].axis(axis)
    let held = inputs.map { layout in
      layout.map { $0.axes[axis].holdsPositions || $0.axes[axis].isUnknown } ?? false
    }
    // Along another axis, or beside nothing that has positions, all parts are alike.
    let isFlattened = inputs.contains { $0?.axes[axis].holdsFlattenedMap ?? false }
    guard held.contains(true), held.contains(false), !isFlattened else { return inputs.map { _ in needs } }
    return inputs.indices.map { index in
      if !held[index] { return needs.contains(.special) ? .picture : [] }
      return inputs[index]?.tokenAxis == axis ? needs : needs.subtracting(.special)
    }
  }

  func forward(_ inputs: [Tensor], to output: UnsafeMutablePointer<Float>, _ context: ExecutionContext) {
    let shape = checkedShape(of: inputs.map(\.shape))
    forEachPart(inputs.map(\.shape), shape) { index, offset, length, rows, rowLength in
      let source = inputs[index].elements
      parallelFor(rows, blockSize: max(1 << 15 / max(length, 1), 1), threads: context.threads) { rows, _ in
        for row in rows {
          (output + row * rowLength + offset).update(from: source + row * length, count: length)
        }
      }
    }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    var gradients = [Tensor?](repeating: nil, count: saved.inputShapes.count)
    forEachPart(saved.inputShapes, dy.shape) { index, offset, length, rows, rowLength in
      guard wanted[index] else { return }
      gradients[index] = Tensor(saved.inputShapes[index]) { target in
        for row in 0..<rows {
          (target + row * length).update(from: dy.elements + row * rowLength + offset, count: length)
        }
      }
    }
    return gradients
  }

  /// Calls `body` for each input with where its runs stand in the output's: both lie in memory as `rows` rows.
  private func forEachPart(
    _ inputs: [Shape], _ output: Shape,
    _ body: (_ index: Int, _ offset: Int, _ length: Int, _ rows: Int, _ rowLength: Int) -> Void
  ) {
    let lane = StoredAxis(output, axis)
    let rowLength = lane.size * lane.step
    var offset = 0
    for (index, shape) in inputs.enumerated() {
      let length = shape[shape.axis(axis)] * lane.step
      body(index, offset, length, rowLength == 0 ? 0 : output.count / rowLength, rowLength)
      offset += length
    }
  }
}
