import ModelFormats

extension ONNXConverters {
  static func flatten(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let operand = try node.operand(0)
    let axis = operand.shape.axis(try node.int("axis", default: 1))
    // Flattening from the second axis on keeps the batch; from another it is a reshape to two axes.
    if axis == 1 { return [try node.emit(Flatten(), operand)] }
    guard (0...operand.shape.rank).contains(axis) else { throw InputError("", "flattens at an axis that it lacks") }
    let rows = operand.shape.dimensions[..<axis].reduce(1, *)
    return [try node.emit(Reshape([rows, -1]), operand)]
  }

  static func squeeze(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let operand = try node.operand(0)
    let axes =
      try node.intsOrInput("axes", input: 1)
      ?? operand.shape.dimensions.indices.filter { operand.shape[$0] == 1 }
    return [try node.emit(Squeeze(axes: axes), operand)]
  }

  static func unsqueeze(_ node: ONNXNodeContext) throws(InputError) -> any Operation {
    guard let axes = try node.intsOrInput("axes", input: 1) else { throw InputError("", "lacks its axes") }
    return Unsqueeze(axes: axes)
  }

  static func concat(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    [try node.emit(Concat(axis: try node.requiredInt("axis")), node.present)]
  }

  static func depthToSpace(_ node: ONNXNodeContext) throws(InputError) -> any Operation {
    DepthToSpace(block: try node.requiredInt("blocksize"), order: try node.choice("mode", default: .dcr))
  }

  /// The order of a block's positions can be chosen since operator set 28.
  static func spaceToDepth(_ node: ONNXNodeContext) throws(InputError) -> any Operation {
    SpaceToDepth(block: try node.requiredInt("blocksize"), order: try node.choice("mode", default: .dcr))
  }

  static func reshape(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let operand = try node.operand(0)
    var sizes = try node.constant(1).integers
    if try node.int("allowzero", default: 0) != 0, sizes.contains(0) {
      throw InputError("", "makes a tensor without elements (allowzero)")
    }
    // A network exported for one image says 1 for the batch; here a batch may have any size.
    if case .value = operand, let first = sizes.first, first == operand.shape.dimensions.first { sizes[0] = 0 }
    return [try node.emit(Reshape(sizes), operand)]
  }

  static func split(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let operand = try node.operand(0)
    let axis = operand.shape.axis(try node.int("axis", default: 0))
    guard operand.shape.dimensions.indices.contains(axis) else {
      throw InputError("", "splits along an axis that it lacks")
    }
    let length = operand.shape[axis]
    let count = node.node.outputs.count
    let named = try node.int("num_outputs", default: count)
    guard named == count else { throw InputError("", "has \(count) outputs and num_outputs = \(named)") }
    let part = (length + count - 1) / count
    let usual = (0..<count).map { min(part, max(0, length - $0 * part)) }
    let sizes = try node.intsOrInput("split", input: 1) ?? usual
    guard sizes.count == count, sizes.allSatisfy({ (0...length).contains($0) }), sizes.reduce(0, +) == length else {
      throw InputError("", "splits \(length) into \(sizes.prefix(8))\(sizes.count > 8 ? " and others" : "")")
    }
    var start = 0
    var results: [ONNXOperand] = []
    for size in sizes {
      results.append(try node.emit(Slice([Slice.Range(axis: axis, start: start, end: start + size)]), operand))
      start += size
    }
    return results
  }

  static func slice(_ node: ONNXNodeContext) throws(InputError) -> any Operation {
    guard let starts = try node.intsOrInput("starts", input: 1), let ends = try node.intsOrInput("ends", input: 2)
    else {
      throw InputError("", "lacks its starts or ends")
    }
    let axes = try node.intsOrInput("axes", input: 3) ?? Array(starts.indices)
    let steps = try node.optionalConstant(4)?.integers ?? starts.map { _ in 1 }
    guard [ends.count, axes.count, steps.count].allSatisfy({ $0 == starts.count }) else {
      throw InputError("", "has starts, ends, axes and steps of different lengths")
    }
    let ranges = starts.indices.map { Slice.Range(axis: axes[$0], start: starts[$0], end: ends[$0], step: steps[$0]) }
    return Slice(ranges)
  }

  static func pad(_ node: ONNXNodeContext) throws(InputError) -> any Operation {
    guard let pads = try node.intsOrInput("pads", input: 1), pads.count % 2 == 0 else {
      throw InputError("", "lacks its pads, or has an odd number of them")
    }
    var fill = try node.float("value", default: 0)
    if let number = try node.optionalConstant(2)?.floats.first { fill = number }
    let modes: [String: Pad.Mode] = ["constant": .constant(fill), "reflect": .reflect, "edge": .edge, "wrap": .wrap]
    let name = try node.string("mode", default: "constant")
    guard let mode = modes[name] else { throw node.notComputed("mode", name) }
    let axes = try node.optionalConstant(3)?.integers
    guard axes.map({ $0.count == pads.count / 2 }) ?? true else {
      throw InputError("", "has pads and axes of different lengths")
    }
    return Pad(
      axes: axes, before: Array(pads.prefix(pads.count / 2)), after: Array(pads.suffix(pads.count / 2)), mode: mode)
  }
}
