import ModelFormats

/// What finds elements by indices: gathering, scattering, choosing.
extension ONNXConverters {
  // MARK: Gathering

  /// Indices that are known, and count along every axis for itself, are one Gather an axis: positions can be followed through these.
  static func gatherND(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let (data, indices) = (try node.operand(0), try node.operand(1))
    let batchAxes = try node.int("batch_dims", default: 0)
    _ = try data.shape.expectEntries(indices.shape, batchAxes: batchAxes)
    guard case .constant(let known) = indices else {
      return [try node.emit(GatherND(batchAxes: batchAxes), data, indices)]
    }
    try expectPlaces(NamedPlaces(entries: known.tensor, of: data.shape, batchAxes: batchAxes), data.shape)
    guard batchAxes == 0, let gathers = GridIndices(known)?.gathers else {
      return [try node.emit(GatherND(batchAxes: batchAxes), data, indices)]
    }
    var result = data
    for gather in gathers { result = try node.emit(gather, result) }
    return [result]
  }

  /// Entries along one axis; indices that depend on the image are those of a GatherND behind a Transpose.
  static func gather(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let (data, axis) = (try node.operand(0), try node.int("axis", default: 0))
    switch try node.operand(1) {
    case .constant(let indices):
      return [try node.emit(Gather(axis: axis, indices: indices.integers, shape: indices.shape), data)]
    case let indices:
      let axis = try data.shape.checkedAxis(axis, "gathers along")
      let others = data.shape.dimensions.indices.filter { $0 != axis }
      let turned = try node.emit(Transpose([axis] + others), data)
      let entries = try node.emit(GatherND(), turned, try node.emit(Unsqueeze(axes: [-1]), indices))
      let (rank, new) = (data.shape.rank - 1 + indices.shape.rank, indices.shape.rank)
      let back = Array(new..<new + axis) + Array(0..<new) + Array((new + axis)..<rank)
      return [try node.emit(Transpose(back), entries)]
    }
  }

  static func gatherElements(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let (data, indices) = (try node.operand(0), try node.operand(1))
    let axis = try data.shape.expectElements(indices.shape, along: try node.int("axis", default: 0))
    if case .constant(let known) = indices {
      try expectPlaces(NamedPlaces(elements: known.tensor, of: data.shape, axis: axis), data.shape)
    }
    return [try node.emit(GatherElements(axis: axis), data, indices)]
  }

  /// The indices' own order is checked before anything is run with them.
  private static func expectPlaces(_ places: NamedPlaces, _ data: Shape) throws(InputError) {
    guard places.areAll else { throw InputError("", "has an index into \(data) that lies outside of it") }
  }

  // MARK: Scattering

  static func scatterND(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let (data, indices, updates) = (try node.operand(0), try node.operand(1), try node.operand(2))
    _ = try data.shape.expectEntries(indices.shape)
    if case .constant(let known) = indices {
      try expectPlaces(NamedPlaces(entries: known.tensor, of: data.shape), data.shape)
    }
    // With no index an entry is the whole tensor.
    let countsImages = (indices.shape.dimensions.last ?? 0) > 0
    let scatter = ScatterND(
      joining: try node.choice("reduction", default: .replacing),
      imageCount: countsImages ? imageCount(data, indices) : nil)
    return [try node.emit(scatter, data, indices, updates)]
  }

  static func scatterElements(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let (data, indices, updates) = (try node.operand(0), try node.operand(1), try node.operand(2))
    let axis = try data.shape.expectElements(indices.shape, along: try node.int("axis", default: 0))
    if case .constant(let known) = indices {
      try expectPlaces(NamedPlaces(elements: known.tensor, of: data.shape, axis: axis), data.shape)
    }
    let scatter = ScatterElements(
      axis: axis, joining: try node.choice("reduction", default: .replacing), imageCount: imageCount(data, indices))
    return [try node.emit(scatter, data, indices, updates)]
  }

  /// How many images indices that are known count along the first axis of what depends on them.
  private static func imageCount(_ data: ONNXOperand, _ indices: ONNXOperand) -> Int? {
    guard case .value(_, let shape) = data, case .constant = indices else { return nil }
    return shape.dimensions.first
  }

  // MARK: Choosing

  static func topK(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let operand = try node.operand(0)
    // An unsorted result may have any order; this one is sorted.
    node.passOver("sorted")
    var count = try node.int("k", default: 0)
    if node.opset >= 10 {
      let list = try node.constant(1).integers
      guard list.count == 1 else { throw InputError("", "takes \(list.count) numbers of elements, not one") }
      count = list[0]
    }
    var choice = TopK(
      count: count, axis: try node.int("axis", default: -1), takesLargest: try node.int("largest", default: 1) != 0)
    let values = try node.emit(choice, operand)
    let outputs = node.node.outputs
    guard outputs.count > 1, !outputs[1].isEmpty else { return [values] }
    choice.gives = .indices
    let indices = try node.emit(choice, operand)
    if case .constant(let constant) = indices { return [values, .constant(constant.cut)] }
    return [values, indices]
  }

  static func cumulativeSum(_ node: ONNXNodeContext) throws(InputError) -> any Operation {
    let axis = try node.constant(1).integers
    guard axis.count == 1 else { throw InputError("", "runs along \(axis.count) axes, not one") }
    return CumSum(
      axis: axis[0], isReversed: try node.int("reverse", default: 0) != 0,
      isExclusive: try node.int("exclusive", default: 0) != 0)
  }

  /// What is above (or below) a diagonal of the last two axes, and 0 elsewhere.
  static func triangle(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let operand = try node.operand(0)
    let diagonal = try node.optionalConstant(1)?.integers.first ?? 0
    let isUpper = try node.int("upper", default: 1) != 0
    let shape = operand.shape
    guard shape.rank >= 2 else { throw InputError("", "takes the triangle of \(shape)", remedy: "two axes or more") }
    if shape.count == 0 { return [operand] }
    let (rows, columns) = (shape[shape.rank - 2], shape[shape.rank - 1])
    try ONNXConstantBudget.expectMemory(rows * columns)
    let kept = (0..<rows).flatMap { row in
      (0..<columns).map { isUpper ? $0 - row >= diagonal : $0 - row <= diagonal }
    }
    let mask = ONNXConstant(Tensor(kept.map { $0 ? 1 : 0 }, Shape(rows, columns)), isInteger: true)
    let nothing = ONNXConstant(integers: [0], isScalar: true)
    return [try node.emit(Where(), .constant(mask), operand, .constant(nothing))]
  }
}
