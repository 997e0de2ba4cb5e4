import ModelFormats

extension ONNXImporter {
  /// The operators that make lists of tensors or take them: what they do is known at load, whatever the tensors hold.
  static let sequenceOperators: Set<String> = [
    "SequenceEmpty", "SequenceConstruct", "SequenceInsert", "SequenceErase", "SequenceAt", "SequenceLength",
    "SplitToSequence", "ConcatFromSequence",
  ]

  /// Converts a node about lists of tensors.
  ///
  /// - Returns: whether it is one.
  mutating func convertSequence(_ node: ONNXNode, at place: ModulePlace) throws(InputError) -> Bool {
    let isOfList = node.inputs.first.map { sequences[$0] != nil } ?? false
    guard node.domain.isEmpty, Self.sequenceOperators.contains(node.opType) || isOfList && node.opType == "Identity"
    else { return false }
    let context = context(node, [], at: place)
    let item: ONNXItem
    switch node.opType {
    case "SequenceEmpty": item = .sequence([])
    case "SequenceConstruct": item = .sequence(try operands(node.inputs[...]))
    case "SequenceInsert": item = .sequence(try inserting(node))
    case "SequenceErase":
      var list = try list(node)
      guard !list.isEmpty else { throw InputError("", "takes an entry out of an empty list") }
      list.remove(at: try position(node, 1, below: list.count) ?? list.count - 1)
      item = .sequence(list)
    case "SequenceAt":
      let list = try list(node)
      guard let place = try position(node, 1, below: list.count) else { throw InputError("", "lacks its position") }
      item = .operand(list[place])
    case "SequenceLength":
      item = .operand(.constant(ONNXConstant(integers: [try list(node).count], isScalar: true)))
    case "SplitToSequence": item = .sequence(try split(node, context))
    case "ConcatFromSequence": item = .operand(try joined(try list(node), context))
    default: item = .sequence(try list(node))
    }
    set(Array(node.outputs.prefix(1)), to: [item])
    return true
  }

  private func operands(_ names: ArraySlice<String>) throws(InputError) -> [ONNXOperand] {
    var list: [ONNXOperand] = []
    for name in names {
      guard let operand = try optionalOperand(name) else { throw InputError("", "lacks an input") }
      list.append(operand)
    }
    return list
  }

  private func list(_ node: ONNXNode) throws(InputError) -> [ONNXOperand] {
    guard let name = node.inputs.first, let list = sequences[name] else {
      throw InputError("", "takes a list of tensors, and its input is none")
    }
    // Whoever changes the list copies it.
    try emitter.budget.spend(list.count * Self.workPerName)
    return list
  }

  /// The entry that an input names, from the end where it is negative; nil where there is no such input.
  private func position(_ node: ONNXNode, _ input: Int, below count: Int) throws(InputError) -> Int? {
    guard node.inputs.indices.contains(input), let operand = try optionalOperand(node.inputs[input]) else { return nil }
    guard case .constant(let constant) = operand, let index = constant.integers.first else {
      throw InputError("", "takes the entry that the image names", remedy: "an export without control flow")
    }
    guard index >= -count, index < count else { throw InputError("", "takes entry \(index) of \(count)") }
    return index < 0 ? index + count : index
  }

  private func inserting(_ node: ONNXNode) throws(InputError) -> [ONNXOperand] {
    var list = try list(node)
    guard list.count < ONNXModel.nodeLimit else { throw InputError("", "makes a list of too many tensors") }
    let added = try operands(node.inputs.dropFirst().prefix(1))
    guard let tensor = added.first else { throw InputError("", "lacks an input") }
    list.insert(tensor, at: try position(node, 2, below: list.count + 1) ?? list.count)
    return list
  }

  private func split(_ node: ONNXNode, _ context: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    guard let x = try operands(node.inputs.prefix(1)).first else { throw InputError("", "lacks an input") }
    let axis = try x.shape.checkedAxis(try context.int("axis", default: 0), "splits along")
    let keeps = try context.int("keepdims", default: 1) != 0
    let length = x.shape[axis]
    var sizes = [Int](repeating: 1, count: min(length, ONNXModel.nodeLimit + 1))
    var isSqueezed = !keeps
    if node.inputs.count > 1, let parts = try optionalOperand(node.inputs[1]) {
      guard case .constant(let constant) = parts else {
        throw InputError("", "splits as it finds in the image", remedy: "an export without control flow")
      }
      (sizes, isSqueezed) = (constant.integers, false)
      if constant.shape.rank == 0, let size = sizes.first, size >= 1 {
        sizes = stride(from: 0, to: length, by: size).prefix(ONNXModel.nodeLimit + 1).map { min(size, length - $0) }
      }
    }
    guard sizes.count <= ONNXModel.nodeLimit, sizes.allSatisfy({ (0...length).contains($0) }),
      sizes.reduce(0, +) == length
    else { throw InputError("", "splits \(length) into \(sizes.prefix(8))\(sizes.count > 8 ? " and others" : "")") }
    var (start, list) = (0, [ONNXOperand]())
    for size in sizes {
      try emitter.budget.step()
      let part = try context.emit(Slice([Slice.Range(axis: axis, start: start, end: start + size)]), x)
      list.append(isSqueezed ? try context.emit(Squeeze(axes: [axis]), part) : part)
      start += size
    }
    return list
  }

  private func joined(_ list: [ONNXOperand], _ context: ONNXNodeContext) throws(InputError) -> ONNXOperand {
    let axis = try context.requiredInt("axis")
    guard try context.int("new_axis", default: 0) != 0 else { return try context.emit(Concat(axis: axis), list) }
    var raised: [ONNXOperand] = []
    for operand in list { raised.append(try context.emit(Unsqueeze(axes: [axis]), operand)) }
    return try context.emit(Concat(axis: axis), raised)
  }
}
