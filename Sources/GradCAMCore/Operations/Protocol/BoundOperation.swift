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
  /// The positions of constants that are weights or were computed of some.
  let weights: Set<Int>
  /// What rows are multiplied by, ready to be brought into order.
  private let rowWeight: ConvolutionWeight?

  /// - Parameter weights: the positions of weights among the constants; nil for all of them where some numbers are trained, and else none.
  /// - Precondition: every constant stands at a position below `count`.
  init(
    _ operation: any Operation, constants: [Int: Tensor], count: Int, trainedCount: Int = 0, weights: Set<Int>? = nil
  ) {
    precondition(constants.keys.allSatisfy { (0..<count).contains($0) }, "a constant beyond the inputs")
    (self.operation, self.constants, self.count, self.trainedCount) = (operation, constants, count, trainedCount)
    self.weights = weights ?? (trainedCount > 0 ? Set(constants.keys) : [])
    rowWeight = operation.rowWeight(constants)
  }

  var kind: String { operation.kind }
  /// A product of rows is linear, whose gradient needs no input.
  var keeps: Kept { rowWeight == nil ? operation.keeps : [] }
  var parameterCount: Int { operation.parameterCount + trainedCount }

  func replacingParameters(_ replace: (Tensor) -> Tensor) -> any Operation {
    let inner = operation.replacingParameters(replace)
    var constants = constants
    for (position, tensor) in self.constants.sorted(by: { $0.key < $1.key })
    where operation.takesWeights && weights.contains(position) && !tensor.isMask {
      constants[position] = replace(tensor)
    }
    return BoundOperation(
      inner, constants: constants, count: count, trainedCount: trainedCount, weights: weights)
  }

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
    if let rowWeight, saved.inputShapes[0].manyRows != nil {
      return [Conv2d(rowsBy: rowWeight, bias: nil, kind: kind).rowGradient(dy, saved.inputShapes[0], context)]
    }
    // Of a product of rows only the shape of what was multiplied is asked, which is not kept.
    let free =
      rowWeight == nil
      ? saved.inputs : saved.inputShapes.map { Tensor(shape: $0, storage: TensorStorage(placeholderFor: $0.count)) }
    let full = Saved(
      inputShapes: merged(saved.inputShapes) { $0.shape },
      inputs: free.isEmpty ? [] : merged(free) { $0 }, output: saved.output)
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

  var fusionPart: FusionPart? {
    if let rowWeight { return .rows(Conv2d(rowsBy: rowWeight, bias: nil, kind: kind)) }
    guard count == 2, constants.count == 1, let (position, constant) = constants.first else { return nil }
    switch operation.fusionPart {
    case .addition: return .bias(constant)
    case .product: return constant.count == 1 ? .factor(Double(constant.logical()[0])) : .scale(constant)
    case .quotient where position == 1 && constant.count == 1: return .factor(1 / Double(constant.logical()[0]))
    default: return nil
    }
  }

  func packing(_ input: Shape, _ output: Shape) -> (weight: ConvolutionWeight, form: ConvolutionWeight.Form)? {
    rowWeight.flatMap { input.manyRows == nil && input.rank != 4 ? nil : ($0, .panels) }
  }

  func gradientPacking(_ input: Shape, _ output: Shape) -> (weight: ConvolutionWeight, form: ConvolutionWeight.Form)? {
    rowWeight.flatMap { input.manyRows == nil ? nil : ($0, .gradientPanels) }
  }

  func turned(_ inputs: [Shape]) -> (any Operation)? {
    if let rowWeight { return Conv2d(rowsBy: rowWeight, bias: nil, kind: kind) }
    let constants = constants.mapValues(\.asTurned)
    guard !constants.values.contains(where: { $0 == nil }) else { return nil }
    let shapes = merged(inputs) { _ in Shape(1, 1, 1, 1) }
    return operation.turned(shapes).map {
      BoundOperation(
        $0, constants: constants.compactMapValues { $0 }, count: count, trainedCount: trainedCount, weights: weights)
    }
  }

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
  /// Whether it holds 0 and at most one other number, as masks of attention do.
  fileprivate var isMask: Bool {
    withElements { elements in
      guard count > 2, let other = elements.first(where: { $0 != 0 }) else { return count > 2 }
      return elements.contains(0) && elements.allSatisfy { $0 == 0 || $0 == other }
    }
  }

  /// A constant that broadcasts to N H W C as one that broadcasts to N C H W; nil where it has more axes.
  fileprivate var asTurned: Tensor? {
    guard shape.rank <= 4 else { return nil }
    let sizes = Array(repeating: 1, count: 4 - shape.rank) + shape.dimensions
    // Maps are stored as N H W C: what is in logical order now.
    let flat = reshaped(to: Shape(count))
    return Tensor(shape: Shape(sizes[0], sizes[3], sizes[1], sizes[2]), storage: flat.storage)
  }

  /// From the least element to the largest. Larger constants are weights, whose range tells nothing of a final activation.
  fileprivate var range: ClosedRange<Float> { shape.count > 4096 ? .everything : ClosedRange(spanning: logical()) }
}
