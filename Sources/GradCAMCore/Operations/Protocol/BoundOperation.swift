import ModelFormats

/// An operation some of whose inputs are constants, as a node of a graph that takes the others.
struct BoundOperation: Operation {
  let operation: any Operation
  /// By position among the operation's inputs.
  let constants: [Int: Tensor]
  /// How many inputs the operation has, constants counted.
  let count: Int
  /// How many of the constants' numbers are weights.
  let trainedCount: Int

  /// - Precondition: every constant stands at a position below `count`.
  init(_ operation: any Operation, constants: [Int: Tensor], count: Int, trainedCount: Int = 0) {
    precondition(constants.keys.allSatisfy { (0..<count).contains($0) }, "a constant beyond the inputs")
    (self.operation, self.constants, self.count, self.trainedCount) = (operation, constants, count, trainedCount)
  }

  var kind: String { operation.kind }
  var keeps: Kept { operation.keeps }
  var parameterCount: Int { operation.parameterCount + trainedCount }
  var term: ElementaryTerm? { operation.term }
  var passesGradientsStraight: Bool { operation.passesGradientsStraight }

  /// A product by a constant mixes no values of the picture.
  var attentionPart: AttentionPart? {
    if case .passes? = operation.attentionPart { .passes } else { nil }
  }

  var isQuantization: Bool { operation.isQuantization && count - constants.count == 1 }

  /// Whether the output is affine in the one input that is no constant.
  var isAffine: Bool {
    let free = (0..<count).filter { constants[$0] == nil }
    return free.count == 1 && operation.isAffine(inInput: free[0])
  }

  var hasKinks: Bool { operation.hasKinks && !isAffine }

  /// Held between constants, say.
  func passesShares(from input: Shape?, to output: Shape?) -> Bool {
    count - constants.count == 1 && operation.passesShares(from: input, to: output)
  }

  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> {
    operation.range(of: merged(inputs) { $0.range })
  }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, count - constants.count)
    return try operation.outputShape(of: merged(inputs) { $0.shape })
  }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    operation.forward(merged(inputs) { $0 }, context)
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let full = Saved(
      inputShapes: merged(saved.inputShapes) { $0.shape },
      inputs: saved.inputs.isEmpty ? [] : merged(saved.inputs) { $0 }, output: saved.output)
    let gradients = operation.backward(dy, full, wanted: merged(wanted) { _ in false }, context)
    return gradients.indices.filter { constants[$0] == nil }.map { gradients[$0] }
  }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    operation.layout(of: merged(inputs) { _ in nil }, merged(shapes) { $0.shape }, output)
  }

  func needs(_ needs: TokenNeeds, of inputs: [Layout?], _ shapes: [Shape]) -> [TokenNeeds] {
    let all = operation.needs(needs, of: merged(inputs) { _ in nil }, merged(shapes) { $0.shape })
    return all.indices.filter { constants[$0] == nil }.map { all[$0] }
  }

  var onlyMovesOrPools: Bool { operation.onlyMovesOrPools }

  func multiplyAdds(of inputs: [Shape]) -> Int { operation.multiplyAdds(of: merged(inputs) { $0.shape }) }

  /// The operation's inputs: what a node gives, and what stands for the constants.
  private func merged<Item>(_ inputs: [Item], _ constant: (Tensor) -> Item) -> [Item] {
    var rest = inputs[...]
    return (0..<count).map { position in
      if let tensor = constants[position] { return constant(tensor) }
      return rest.removeFirst()
    }
  }
}

extension Tensor {
  /// From the least element to the largest. Larger constants are weights, whose range tells nothing of a final activation.
  fileprivate var range: ClosedRange<Float> { shape.count > 4096 ? .everything : ClosedRange(spanning: logical()) }
}
