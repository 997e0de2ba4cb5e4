import ModelFormats

/// Every `step`-th index from `start` up to `end` along some logical axes (`x[:, :, ::2, ::2]`).
struct Slice: Operation {
  /// What is taken along one axis. Both ends count from the end of the axis where they are negative, as in Python.
  ///
  /// A negative step walks from `start` down to, but not including, `end`; `Int.max` and `Int.min` reach the axis's own ends.
  struct Range: Sendable {
    var axis: Int
    var start = 0
    var end = Int.max
    var step = 1
  }

  let kind = "slice"
  let ranges: [Range]
  var isAffine: Bool { true }
  var onlyMovesOrPools: Bool { true }

  init(_ ranges: [Range]) { self.ranges = ranges }

  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { inputs[0] }

  /// Where everything is taken, in its own order.
  func passesShares(from input: Shape?, to output: Shape?) -> Bool {
    input != nil && input == output && ranges.allSatisfy { $0.step > 0 || input?[input?.axis($0.axis) ?? 0] == 1 }
  }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    var shape = try expectInput(inputs)
    var sliced: Set<Int> = []
    for range in ranges {
      let axis = try inputs[0].checkedAxis(range.axis, "slices")
      guard range.step != 0 else {
        throw InputError("", "slices axis \(range.axis) of \(inputs[0]) in steps of \(range.step)")
      }
      guard sliced.insert(axis).inserted else { throw InputError("", "slices axis \(range.axis) twice") }
      let size = inputs[0][axis]
      let length = bounds(range, size).length
      shape[axis] = length > 0 ? (length - 1) / abs(step(range, size)) + 1 : 0
    }
    return shape
  }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    var layout = inputs[0]
    for range in ranges {
      let axis = shapes[0].axis(range.axis)
      let (size, count) = (shapes[0][axis], output[axis])
      layout = layout?.sliced(
        axis, from: bounds(range, size).start, count: count, step: count == 1 ? 1 : step(range, size))
    }
    return layout
  }

  func needs(_ needs: TokenNeeds, of inputs: [Layout?], _ shapes: [Shape]) -> [TokenNeeds] {
    guard let layout = inputs[0] else { return [needs] }
    var needs = needs
    for range in ranges {
      let axis = shapes[0].axis(range.axis)
      let size = shapes[0][axis]
      let (start, length) = bounds(range, size)
      if start == 0, length >= size { continue }
      if axis != layout.tokenAxis {
        if !layout.axes[axis].holdsPositions { needs.insert(.partly) }
      } else if step(range, size) < 0 {
        needs = needs.everywhere
      } else {
        needs = layout.needs(needs, ofTokens: start..<start + max(length, 0))
      }
    }
    return [needs]
  }

  func movement(_ input: Shape, _ output: Shape) -> Movement? {
    Movement(
      parts: ranges.map { range in
        let axis = input.axis(range.axis)
        let (start, _) = bounds(range, input[axis])
        return Movement.Part(axis: axis, start: start, count: output[axis], step: step(range, input[axis]))
      })
  }

  func turned(_ inputs: [Shape]) -> (any Operation)? {
    Slice(
      ranges.map { range in
        var range = range
        range.axis = inputs[0].turnedAxis(range.axis)
        return range
      })
  }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let x = inputs[0]
    let shape = checkedShape(of: [x.shape])
    let (offset, axes) = view(of: x.shape, shape)
    return Tensor(shape) { StridedCopy.copy(axes, from: x.elements + offset, to: $0, threads: context.threads) }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let input = saved.inputShapes[0]
    let (offset, axes) = view(of: input, dy.shape)
    let back = axes.map(\.reversed)
    let gradient = Tensor(input) { target in
      target.update(repeating: 0, count: input.count)
      StridedCopy.copy(back, from: dy.elements, to: target + offset)
    }
    return [gradient]
  }

  /// The first index, and how many lie between it and the end.
  private func bounds(_ range: Range, _ size: Int) -> (start: Int, length: Int) {
    func place(_ index: Int, _ least: Int, _ most: Int) -> Int {
      min(max(index < 0 ? index + size : index, least), most)
    }
    if range.step > 0 {
      let start = place(range.start, 0, size)
      return (start, place(range.end, 0, size) - start)
    }
    // Walking down, the end may lie before the first element; the start may not, unlike NumPy's.
    let start = place(range.start, 0, size - 1)
    return (start, start - place(range.end, -1, size - 1))
  }

  /// The step; one beyond the axis takes one index, however long it is.
  private func step(_ range: Range, _ size: Int) -> Int { min(max(range.step, -max(size, 1)), max(size, 1)) }

  /// The output as a view of the input: the first element's offset, and the axes from input to output.
  private func view(of input: Shape, _ output: Shape) -> (offset: Int, axes: [StridedCopy.Axis]) {
    var strides = StoredAxis.strides(input)
    let targets = StoredAxis.strides(output)
    var offset = 0
    for range in ranges {
      let axis = input.axis(range.axis)
      offset += bounds(range, input[axis]).start * strides[axis]
      strides[axis] *= step(range, input[axis])
    }
    let axes = StoredAxis.storedOrder(output).map {
      StridedCopy.Axis(size: output[$0], source: strides[$0], target: targets[$0])
    }
    return (output.count == 0 ? 0 : offset, axes)
  }
}
