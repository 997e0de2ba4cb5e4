import ModelFormats

/// PyTorch's `pad`: elements put before and after the input along logical axes, or taken away where the number is negative.
struct Pad: Operation {
  /// What the new elements hold.
  enum Mode: Sendable, Hashable {
    case constant(Float)
    /// The input mirrored at its first and last elements, which are not repeated.
    case reflect
    /// The nearest element of the input.
    case edge
    /// The input over again.
    case wrap
  }

  let kind = "pad"
  let axes: [Int]?
  let before: [Int]
  let after: [Int]
  let mode: Mode
  var isAffine: Bool { true }
  var onlyMovesOrPools: Bool { true }
  /// Where nothing is put or taken away.
  func passesShares(from input: Shape?, to output: Shape?) -> Bool { isNothing }

  /// - Parameters:
  ///   - axes: that the numbers stand for, from the end where negative; nil for all.
  ///   - before: elements by axis, negative to take away; `after` likewise.
  /// - Precondition: as many numbers on either side as axes.
  init(axes: [Int]? = nil, before: [Int], after: [Int], mode: Mode) {
    precondition(before.count == after.count && axes?.count ?? before.count == before.count, "an impossible padding")
    (self.axes, self.before, self.after, self.mode) = (axes, before, after, mode)
  }

  /// A padding of all axes with a constant.
  init(before: [Int], after: [Int], value: Float = 0) {
    self.init(before: before, after: after, mode: .constant(value))
  }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    var shape = try expectInput(inputs)
    guard axes != nil || shape.rank == before.count else {
      throw InputError("", "pads \(before.count) axes, not the shape \(shape)")
    }
    try expectSizes((before + after).map { $0 < 0 ? ~$0 : $0 }, atLeast: 0, "a padding")
    var padded: Set<Int> = []
    for (index, axis) in (axes ?? Array(before.indices)).enumerated() {
      let axis = try shape.checkedAxis(axis, "pads")
      guard padded.insert(axis).inserted else { throw InputError("", "pads axis \(axis) twice") }
      shape[axis] += before[index] + after[index]
      // What is left when the negative ones are taken away; a reflection needs more of it than it adds.
      let rest = inputs[0][axis] + min(before[index], 0) + min(after[index], 0)
      let needed = mode == .reflect ? max(before[index], after[index], 0) + 1 : 1
      guard shape[axis] >= 0, isConstant || rest >= needed || shape[axis] == rest else {
        throw InputError("", "has too little to pad \(inputs[0]) with along axis \(axis)")
      }
    }
    return try shape.expectingMemory()
  }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    var layout = inputs[0]
    for (index, axis) in (axes ?? Array(before.indices)).enumerated() {
      layout = layout?.padded(
        shapes[0].axis(axis), before: before[index], after: after[index], isConstant: isConstant)
    }
    return layout
  }

  func movement(_ input: Shape, _ output: Shape) -> Movement? { isNothing ? Movement() : nil }

  func turned(_ inputs: [Shape]) -> (any Operation)? {
    let axes = (axes ?? Array(before.indices)).map(inputs[0].turnedAxis)
    return Pad(axes: axes, before: before, after: after, mode: mode)
  }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let x = inputs[0]
    if isNothing { return x }
    let shape = checkedShape(of: [x.shape])
    return Tensor(shape) { target in
      if case .constant(let value) = mode { target.update(repeating: value, count: shape.count) }
      if x.count > 0 { places(x.shape, shape).copy(from: x.elements, to: target) }
    }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    if isNothing { return [dy] }
    let input = saved.inputShapes[0]
    let gradient = Tensor(input) { target in
      target.update(repeating: 0, count: input.count)
      if input.count > 0 { places(input, dy.shape).addBack(from: dy.elements, to: target) }
    }
    return [gradient]
  }

  /// Whether nothing is put or taken away.
  private var isNothing: Bool { (before + after).allSatisfy { $0 == 0 } }

  private var isConstant: Bool {
    if case .constant = mode { true } else { false }
  }

  private func places(_ input: Shape, _ output: Shape) -> IndexedCopy {
    let (sources, targets) = (StoredAxis.strides(input), StoredAxis.strides(output))
    var (before, after) = ([Int](repeating: 0, count: input.rank), [Int](repeating: 0, count: input.rank))
    for (index, axis) in (axes ?? Array(self.before.indices)).enumerated() {
      (before[input.axis(axis)], after[input.axis(axis)]) = (self.before[index], self.after[index])
    }
    return IndexedCopy(
      StoredAxis.storedOrder(input).map { axis in
        // What is taken away is gone before the rest is mirrored or repeated.
        let first = max(-before[axis], 0)
        let size = input[axis] - first + min(after[axis], 0)
        let places = (0..<output[axis]).map { index in
          place(index - max(before[axis], 0), size).map { ($0 + first) * sources[axis] }
        }
        return IndexedCopy.Axis(places: places, target: targets[axis])
      })
  }

  /// Which of `size` elements stands at `index`, which may lie outside.
  private func place(_ index: Int, _ size: Int) -> Int? {
    if index >= 0 && index < size { return index }
    switch mode {
    case .constant: return nil
    case .edge: return min(max(index, 0), size - 1)
    case .wrap: return (index % size + size) % size
    case .reflect: return index < 0 ? -index : 2 * (size - 1) - index
    }
  }
}
