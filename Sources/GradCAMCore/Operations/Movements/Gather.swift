import ModelFormats

/// ONNX's Gather with constant indices: along `axis`, the entries that they name; the axis becomes the indices' own axes.
struct Gather: Operation {
  let kind = "gather"
  let axis: Int
  let indices: [Int]
  let shape: Shape
  var isAffine: Bool { true }
  var onlyMovesOrPools: Bool { true }

  /// - Parameters:
  ///   - axis: counted from the end where negative.
  ///   - indices: in logical order, each counted from the axis's end where negative.
  ///   - shape: the indices' own; nil for a list. Of rank 0, it makes the axis vanish.
  /// - Precondition: there are as many indices as `shape` says.
  init(axis: Int = 0, indices: [Int], shape: Shape? = nil) {
    self.shape = shape ?? Shape(indices.count)
    precondition(self.shape.count == indices.count, "indices of another shape")
    (self.axis, self.indices) = (axis, indices)
  }

  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { inputs[0] }

  /// Where every entry is taken, in its own order: the only one of an axis of size 1, say.
  func passesShares(from input: Shape?, to output: Shape?) -> Bool {
    guard let input else { return false }
    let size = input[input.axis(axis)]
    return indices.map { $0 < 0 ? $0 + size : $0 } == Array(0..<size)
  }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    let x = try expectInput(inputs)
    let axis = try x.checkedAxis(axis, "gathers along")
    for index in indices where index < -x[axis] || index >= x[axis] {
      throw InputError("", "gathers entry \(index) of axis \(axis) of \(x)")
    }
    let sizes = x.dimensions[..<axis] + shape.dimensions + x.dimensions[(axis + 1)...]
    return try Shape(Array(sizes)).expectingMemory()
  }

  /// One entry.
  func movement(_ input: Shape, _ output: Shape) -> Movement? {
    guard indices.count == 1 else { return nil }
    let axis = input.axis(axis)
    let start = indices[0] < 0 ? indices[0] + input[axis] : indices[0]
    return Movement(parts: [Movement.Part(axis: axis, start: start, count: 1, step: 1)])
  }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    guard let layout = inputs[0] else { return nil }
    let axis = shapes[0].axis(axis)
    if let split = split(axis, layout) ?? windows(axis, layout) { return split }
    guard let kept = along(axis, layout, shapes[0][axis]), kept.axes.count == shapes[0].rank else { return nil }
    if shape.rank == 1 { return kept }
    let own = kept.axes[axis]
    guard own.size == 1 || !own.holdsPositions && !own.isUnknown else { return nil }
    var result = kept
    result.axes.replaceSubrange(axis...axis, with: shape.dimensions.map { Layout.Axis(.channel, $0) })
    return result.settled()
  }

  /// The layout where every row (or column) is taken once, the first axis of the indices counting neighbours and the second windows of
  /// them: PyTorch's `unfold` with windows beside each other. Else nil.
  private func split(_ axis: Int, _ layout: Layout) -> Layout? {
    guard shape.rank == 2, let role = layout.soleRole(axis), !layout.isUnknown else { return nil }
    let (size, count) = (shape[0], shape[1])
    guard size > 1, count > 1, size * count == layout.axes[axis].size,
      indices.enumerated().allSatisfy({ $1 == $0 / count + $0 % count * size })
    else { return nil }
    let parts = [AxisFactor(role: role, size: size), AxisFactor(role: role, size: count, step: size)]
    var result = layout
    result.axes.replaceSubrange(axis...axis, with: parts.map { Layout.Axis([$0]) })
    return result
  }

  /// The layout where the first axis of the indices counts places that lie evenly over all rows (or columns), and those behind it what
  /// belongs to each place: resizing to the nearest, or the windows of a pooling. Else nil.
  private func windows(_ axis: Int, _ layout: Layout) -> Layout? {
    guard shape.rank >= 1, shape[0] > 0, let role = layout.soleRole(axis), !layout[lines: role].isRolled,
      !layout[lines: role].isPart, !layout.isUnknown
    else { return nil }
    let (size, count, width) = (layout.axes[axis].size, shape[0], shape.count / shape[0])
    let isSame = shape.rank == 1 && count == size
    guard width > 0, !isSame else { return nil }
    for place in 0..<count {
      let window = indices[place * width..<(place + 1) * width].map { $0 < 0 ? $0 + size : $0 }
      let isOrdered = zip(window, window.dropFirst()).allSatisfy { $1 == $0 || $1 == $0 + 1 }
      let middle = Double(window.reduce(0, +)) / Double(width)
      let even = (Double(place) + 0.5) * Double(size) / Double(count) - 0.5
      guard isOrdered, abs(middle - even) <= 1 else { return nil }
    }
    var result = layout
    let rest = shape.dimensions.dropFirst().map { Layout.Axis(.channel, $0) }
    result.axes.replaceSubrange(axis...axis, with: [Layout.Axis([AxisFactor(role: role, size: count)])] + rest)
    result[lines: role] = Lines(count)
    return result.settled()
  }

  /// The layout for a plain list of the same indices: a run of entries, the whole rolled, or a choice of what holds no positions.
  private func along(_ axis: Int, _ layout: Layout, _ size: Int) -> Layout? {
    let places = indices.map { $0 < 0 ? $0 + size : $0 }
    guard let first = places.first else { return nil }
    let old = layout.axes[axis]
    if !old.holdsPositions && !old.isUnknown {
      return layout.replacing(axis, by: Layout.Axis(.channel, places.count))
    }
    let step = places.count > 1 ? places[1] - first : 1
    let isRun = zip(places, places.dropFirst()).allSatisfy { $1 - $0 == step }
    if isRun { return layout.sliced(axis, from: first, count: places.count, step: step) }
    guard places.count == size, let role = layout.soleRole(axis),
      places.enumerated().allSatisfy({ $1 == (first + $0) % size })
    else { return nil }
    var result = layout
    result[lines: role] = layout[lines: role].cut(from: first, count: size)
    return result
  }

  func needs(_ needs: TokenNeeds, of inputs: [Layout?], _ shapes: [Shape]) -> [TokenNeeds] {
    guard let layout = inputs[0] else { return [needs] }
    let axis = shapes[0].axis(axis)
    let places = indices.map { $0 < 0 ? $0 + shapes[0][axis] : $0 }
    if axis != layout.tokenAxis {
      return [layout.axes[axis].holdsPositions || places.count >= shapes[0][axis] ? needs : needs.union(.partly)]
    }
    let isRun = zip(places, places.dropFirst()).allSatisfy { $1 - $0 == 1 }
    guard isRun, let first = places.first else { return [needs.everywhere] }
    return [layout.needs(needs, ofTokens: first..<first + places.count)]
  }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let x = inputs[0]
    let gathered = Tensor(listed(x.shape)) { target in
      forEachRun(x.shape, context) { place, listed, count in
        (target + listed).update(from: x.elements + place, count: count)
      }
    }
    return gathered.reshaped(to: checkedShape(of: [x.shape]), threads: context.threads)
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let input = saved.inputShapes[0]
    let source = dy.reshaped(to: listed(input), threads: context.threads)
    let gradient = Tensor(input) { target in
      target.update(repeating: 0, count: input.count)
      forEachRun(input, context) { place, listed, count in
        // An entry that is named twice gets both gradients.
        for i in 0..<count { target[place + i] += source.elements[listed + i] }
      }
    }
    return [gradient]
  }

  /// The output's shape for a plain list of the same indices: the input's, with another size along the axis.
  private func listed(_ input: Shape) -> Shape {
    var shape = input
    shape[input.axis(axis)] = indices.count
    return shape
  }

  /// Calls `body` with where runs of neighbouring elements stand in the input and in the listed output.
  private func forEachRun(
    _ input: Shape, _ context: ExecutionContext, _ body: (_ place: Int, _ listed: Int, _ count: Int) -> Void
  ) {
    let lane = StoredAxis(input, axis)
    let block = lane.size * lane.step
    guard block > 0 else { return }
    // Workers take blocks of the input: no two add to one place.
    parallelFor(input.count / block, threads: context.threads) { outer, _ in
      for (entry, index) in indices.enumerated() {
        let index = index < 0 ? index + lane.size : index
        body(outer * block + index * lane.step, (outer * indices.count + entry) * lane.step, lane.step)
      }
    }
  }
}
