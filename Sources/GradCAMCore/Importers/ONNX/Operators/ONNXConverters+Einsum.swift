import ModelFormats

extension ONNXConverters {
  /// An Einsum of any equation, as transposes, sums, products and matrix products, from the left to the right: positions are
  /// followed through these.
  static func einsum(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let operands = node.present
    let equation = try EinsumEquation(try node.string("equation", default: ""), ranks: operands.map(\.shape.rank))
    var lastUse: [EinsumEquation.Index: Int] = [:]
    for (input, indices) in equation.inputs.enumerated() { for index in indices { lastUse[index] = input } }
    for index in equation.output { lastUse[index] = .max }
    var result: EinsumTerm?
    for (input, (operand, indices)) in zip(operands, equation.inputs).enumerated() {
      let isKept = { (index: EinsumEquation.Index) in lastUse[index] ?? -1 > input }
      let next = try EinsumTerm(operand, indices, node)
      guard let before = result else {
        result = try next.summed(node) { isKept($0) }
        continue
      }
      let product = try EinsumTerm.product(
        before, try next.summed(node) { isKept($0) || before.indices.contains($0) }, node, isKept: isKept)
      result = try product.summed(node, isKept: isKept)
    }
    guard let result else { throw InputError("", "has no inputs") }
    return [try result.ordered(equation.output, node).operand]
  }
}

/// A tensor each of whose axes has an index of its own.
private struct EinsumTerm {
  typealias Index = EinsumEquation.Index

  var operand: ONNXOperand
  var indices: [Index]

  /// Takes the diagonal along axes of one index.
  init(_ operand: ONNXOperand, _ indices: [Index], _ node: ONNXNodeContext) throws(InputError) {
    (self.operand, self.indices) = (operand, indices)
    while let (first, second) = Self.twins(self.indices) {
      let shape = self.operand.shape
      let size = shape[first]
      guard shape[second] == size else {
        throw InputError("", "has one index for axes of \(size) and \(shape[second])")
      }
      let others = shape.dimensions.indices.filter { $0 != first && $0 != second }
      let turned = try node.emit(Transpose(others + [first, second]), self.operand)
      let count = try Shape(size, size).expectingMemory().count
      let flat = try node.emit(Reshape(others.map { _ in 0 } + [count]), turned)
      let range = Slice.Range(axis: others.count, start: 0, step: size + 1)
      self.operand = try node.emit(Slice([range]), flat)
      self.indices = others.map { self.indices[$0] } + [self.indices[first]]
    }
  }

  private init(_ operand: ONNXOperand, _ indices: [Index]) { (self.operand, self.indices) = (operand, indices) }

  private static func twins(_ indices: [Index]) -> (Int, Int)? {
    for (place, index) in indices.enumerated() {
      if let other = indices[(place + 1)...].firstIndex(of: index) { return (place, other) }
    }
    return nil
  }

  /// Without the indices that nothing asks for any more.
  func summed(_ node: ONNXNodeContext, isKept: (Index) -> Bool) throws(InputError) -> EinsumTerm {
    let gone = indices.indices.filter { !isKept(indices[$0]) }
    if gone.isEmpty { return self }
    let sum = ReduceSum(reduced: ReducedAxes(gone, keepsDimensions: false))
    return EinsumTerm(try node.emit(sum, operand), indices.filter(isKept))
  }

  /// With its axes in another order.
  func ordered(_ order: [Index], _ node: ONNXNodeContext) throws(InputError) -> EinsumTerm {
    let permutation = order.compactMap { indices.firstIndex(of: $0) }
    if permutation == Array(indices.indices) { return self }
    return EinsumTerm(try node.emit(Transpose(permutation), operand), order)
  }

  /// With axes of one element put in.
  private func widened(_ places: [Int], _ node: ONNXNodeContext) throws(InputError) -> ONNXOperand {
    places.isEmpty ? operand : try node.emit(Unsqueeze(axes: places), operand)
  }

  static func product(
    _ a: EinsumTerm, _ b: EinsumTerm, _ node: ONNXNodeContext, isKept: (Index) -> Bool
  ) throws(InputError) -> EinsumTerm {
    let summed = a.indices.filter { b.indices.contains($0) && !isKept($0) }
    return summed.isEmpty ? try elementwise(a, b, node) : try matrices(a, b, summed, node)
  }

  /// Element by element, each repeated along the other's own axes.
  private static func elementwise(
    _ a: EinsumTerm, _ b: EinsumTerm, _ node: ONNXNodeContext
  ) throws(InputError) -> EinsumTerm {
    let order = a.indices + b.indices.filter { !a.indices.contains($0) }
    let first = try a.widened(Array(a.indices.count..<order.count), node)
    let turned = try b.ordered(order.filter(b.indices.contains), node)
    let second = try turned.widened(order.indices.filter { !b.indices.contains(order[$0]) }, node)
    return EinsumTerm(try node.emit(Mul(), first, second), order)
  }

  /// A stack of matrix products: rows are the last of the first factor's own axes, columns the last of the second's. All others are
  /// axes of the stack, along which the other factor is repeated, so that a batch keeps its axis.
  private static func matrices(
    _ a: EinsumTerm, _ b: EinsumTerm, _ summed: [Index], _ node: ONNXNodeContext
  ) throws(InputError) -> EinsumTerm {
    let shared = a.indices.filter { b.indices.contains($0) && !summed.contains($0) }
    let (own, others) = (
      a.indices.filter { !b.indices.contains($0) }, b.indices.filter { !a.indices.contains($0) }
    )
    let (rows, columns) = (own.suffix(1), others.suffix(1))
    let (stackA, stackB) = (Array(own.dropLast()), Array(others.dropLast()))
    let depth = shared.count + stackA.count + stackB.count

    var left = try a.ordered(shared + own + summed, node).flattened(summed.count, node)
    // The second's place among the stack's axes, and a row where there is none.
    let rowPlaces = (0..<stackB.count).map { shared.count + stackA.count + $0 } + (rows.isEmpty ? [depth] : [])
    left.operand = try left.widened(rowPlaces, node)
    var right = try b.ordered(shared + others + summed, node).flattened(summed.count, node)
    let columnPlaces = (0..<stackA.count).map { shared.count + $0 } + (columns.isEmpty ? [depth] : [])
    right.operand = try right.widened(columnPlaces, node)
    let turned = try node.emit(Transpose(Array(0..<depth) + [depth + 1, depth]), right.operand)

    var result = try node.emit(MatMul(), left.operand, turned)
    let empty = (rows.isEmpty ? [depth] : []) + (columns.isEmpty ? [depth + 1] : [])
    if !empty.isEmpty { result = try node.emit(Squeeze(axes: empty), result) }
    return EinsumTerm(result, shared + stackA + stackB + rows + columns)
  }

  /// With the last `count` axes as one.
  private func flattened(_ count: Int, _ node: ONNXNodeContext) throws(InputError) -> EinsumTerm {
    if count == 1 { return self }
    let kept = indices.count - count
    let size = operand.shape.dimensions[kept...].reduce(1, *)
    return EinsumTerm(
      try node.emit(Reshape([Int](repeating: 0, count: kept) + [size]), operand), Array(indices.prefix(kept + 1)))
  }
}
