import ModelFormats

/// Adds the operations that nodes become to the network, or computes them at once where all is known.
struct ONNXEmitter {
  let loader: WeightLoader
  let tree = ModuleTree(kind: "Network")
  let budget: ONNXConstantBudget

  /// - Parameters:
  ///   - place: where the node stands among modules.
  ///   - weights: all that the node takes of the file's weights.
  /// - Returns: a constant where all operands are constants.
  func emit(
    _ operation: any Operation, _ operands: [ONNXOperand], at place: ModulePlace, weights: [TensorRecord]
  ) throws(InputError) -> ONNXOperand {
    let shapes = operands.map(\.shape)
    let shape = try operation.outputShape(of: shapes).expectingMemory()
    var values: [Value] = []
    var constants: [Int: Tensor] = [:]
    var (areIntegers, trainedCount) = (true, 0)
    var trained: Set<Int> = []
    for (position, operand) in operands.enumerated() {
      switch operand {
      case .value(let value, _): values.append(value)
      case .constant(let constant):
        constants[position] = constant.tensor
        areIntegers = areIntegers && constant.isInteger
        trainedCount += constant.isWeight ? constant.shape.count : 0
        if constant.isTrained, constant.shape.count > 1 { trained.insert(position) }
      }
    }
    if values.isEmpty {
      try budget.spend(ONNXConstantBudget.workPerOperation)
      try budget.expect(shape, multiplyAdds: operation.multiplyAdds(of: shapes))
      let inputs = operands.indices.compactMap { constants[$0] }
      let result = operation.forward(inputs, ExecutionContext(threads: 1))
      let constant = ONNXConstant(
        result, isInteger: areIntegers && !operands.isEmpty, isTrained: !trained.isEmpty || operation.isQuantization)
      try budget.hold(constant)
      return .constant(constant)
    }
    let bound: any Operation =
      constants.isEmpty
      ? operation
      : BoundOperation(
        operation, constants: constants, count: operands.count, trainedCount: trainedCount, weights: trained)
    // A node may become many: one that splits, a node for each part.
    guard tree.count < ONNXModel.nodeLimit else {
      throw InputError(
        "", "makes more than \(ONNXModel.nodeLimit) operations", remedy: "networks in use have thousands")
    }
    return .value(tree.add(bound, values, at: place, weights: weights), shape)
  }
}
