import ModelFormats

extension ONNXConverters {
  static func reduction(_ make: @escaping @Sendable (ReducedAxes) -> any Operation) -> Converter {
    { (node) throws(InputError) in
      [try node.emit(make(try reducedAxes(node)), try node.operand(0))]
    }
  }

  /// PyTorch's `max(dim)` and `min(dim)` give a tie's gradient to the first; without a word in the file it is shared.
  static func extremumReduction(_ make: @escaping @Sendable (ReducedAxes, TieRule) -> any Operation) -> Converter {
    { (node) throws(InputError) in
      let isFirst = ["aten.max.dim", "aten.min.dim"].contains(node.node.torchOperator)
      return [try node.emit(make(try reducedAxes(node), isFirst ? .first : .shared), try node.operand(0))]
    }
  }

  static func argExtremum(
    findsLeast: Bool
  ) -> @Sendable (ONNXNodeContext) throws(InputError) -> any Operation {
    { (node) throws(InputError) in
      ArgMax(
        axis: try node.int("axis", default: 0), keepsDimensions: try node.int("keepdims", default: 1) != 0,
        takesLast: try node.int("select_last_index", default: 0) != 0, findsLeast: findsLeast)
    }
  }

  /// ln Σ x.
  static func logarithmOfSum(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let sum = try node.emit(ReduceSum(reduced: try reducedAxes(node)), try node.operand(0))
    return [try node.emit(Log(), sum)]
  }

  /// No axes are all, or none where the node says so: what the operator does to single elements is done even then.
  private static func reducedAxes(_ node: ONNXNodeContext) throws(InputError) -> ReducedAxes {
    let axes = try node.intsOrInput("axes", input: 1) ?? []
    let areNone = try node.int("noop_with_empty_axes", default: 0) != 0
    return ReducedAxes(
      axes.isEmpty && !areNone ? nil : axes, keepsDimensions: try node.int("keepdims", default: 1) != 0)
  }
}
