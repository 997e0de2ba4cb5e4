/// What lies between a layer and the place where scores are read, as far as closed forms can use it.
struct Head {
  /// Whether everything passes through the layer, so that the network can go on from its output.
  let isResumable: Bool
  /// Whether scores are affine in what leaves the layer: score(A) = b + Σ G·A with the same G for every A.
  let isAffine: Bool
  /// Whether they are affine piece by piece, so that second derivatives vanish (almost everywhere).
  let isPiecewiseAffine: Bool
  /// Whether they are affine in the channels' means over the positions: the head of the CAM paper.
  let isPooled: Bool

  /// - Parameter shapes: of all values, for `isPooled`; may be empty.
  /// - Returns: nil where there is no such layer, or scores are read before it.
  init?(_ graph: Graph, behind path: String, shapes: [Value: Shape], at point: Session.ScorePoint) {
    guard let start = graph.lastCall(path)?.output else { return nil }
    var (needed, open, passesBy, meets) = (Set<Int>(), [graph.value(at: point)], false, false)
    while let value = open.popLast() {
      if value == start {
        meets = true
      } else if let node = graph.producer(value) {
        if needed.insert(value.index - 1).inserted { open += node.inputs }
      } else {
        passesBy = true
      }
    }
    guard meets else { return nil }
    let nodes = needed.sorted().map { graph.nodes[$0] }
    isResumable = !passesBy
    isAffine = isResumable && nodes.allSatisfy(\.operation.isAffine)
    isPiecewiseAffine = isResumable && nodes.allSatisfy { $0.operation.isAffine || $0.operation.isPiecewiseAffine }
    isPooled = isAffine && Self.isPooled(nodes, from: start, shapes)
  }

  /// Whether a chain of nodes pools over all positions before anything else but convolutions of one position looks at them.
  private static func isPooled(_ nodes: [Node], from start: Value, _ shapes: [Value: Shape]) -> Bool {
    guard let source = shapes[start], source.isFeatureMap else { return false }
    var value = start
    for node in nodes {
      guard node.inputs == [value], let output = shapes[node.output] else { return false }
      if node.operation.averages(source, to: output) { return true }
      let keepsPositions = (node.operation as? Conv2d).map { $0.weight.shape.h * $0.weight.shape.w == 1 } ?? false
      guard keepsPositions || node.operation is Identity else { return false }
      value = node.output
    }
    return false
  }
}

extension Operation {
  /// Whether the output is affine in all inputs together.
  fileprivate var isAffine: Bool {
    switch self {
    case is AvgPool2d, is AdaptiveAvgPool2d, is ReduceMean, is ReduceSum, is Flatten, is Reshape, is Squeeze,
      is Unsqueeze, is Transpose, is Identity, is Linear, is Conv2d, is ConvTranspose2d, is BatchNorm2d, is Slice,
      is Concat, is Pad, is Add, is Sub, is Neg, is Sum, is Mean:
      true
    case let bound as BoundOperation: bound.isAffineInTheRest
    default: false
    }
  }

  fileprivate var isPiecewiseAffine: Bool {
    switch self {
    case is ReLU, is Clip, is LeakyReLU, is PReLU, is MaxPool2d, is GlobalMaxPool, is Abs, is Max, is Min: true
    default: false
    }
  }

  /// Whether the operation takes each channel's mean over all positions of `source`.
  fileprivate func averages(_ source: Shape, to output: Shape) -> Bool {
    switch self {
    case is AdaptiveAvgPool2d: return output.isFeatureMap && output.h * output.w == 1
    case let mean as ReduceMean: return Set(mean.reduced.resolved(in: source)) == [2, 3]
    case let pool as AvgPool2d:
      let window = pool.window.resolved(for: source)
      return output.isFeatureMap && output.h * output.w == 1
        && window.kernel.h == source.h && window.kernel.w == source.w && window.padding == Padding(0)
    default: return false
    }
  }
}

extension BoundOperation {
  /// Whether the output is affine in the one input that is no constant.
  fileprivate var isAffineInTheRest: Bool {
    guard count - constants.count == 1 else { return false }
    switch operation {
    case is Gemm, is MatMul, is Mul, is Add, is Sub: return true
    case is Div: return constants[1] != nil
    default: return false
    }
  }
}
