/// y = (x − mean)/√(variance + eps)·weight + bias over axes that follow one another in memory: what layer and RMS norms share.
///
/// The statistics are the input's own, so the gradient goes through them: with g = dy·weight and x̂ = (x − mean)/√(variance + eps),
/// dx = (g − mean(g) − x̂·mean(g·x̂))/√(variance + eps). RMS norms take no mean away, and none of g.
struct LaneNorm {
  let axes: [Int]
  /// Broadcast to the input; nil for 1 and 0.
  let weight: Tensor?
  var bias: Tensor?
  let eps: Double
  var isCentred = true

  func forward(_ x: Tensor, to output: UnsafeMutablePointer<Float>, _ context: ExecutionContext) {
    let (weight, bias) = (alongLanes(weight, of: x.shape), alongLanes(bias, of: x.shape))
    if (weight == nil) == (self.weight == nil), (bias == nil) == (self.bias == nil) {
      return run(x, to: output, weight, bias, context)
    }
    // Numbers that differ from lane to lane come behind.
    let normal = Tensor(x.shape) { run(x, to: $0, nil, nil, context) }
    Broadcast.write(
      Broadcast.map(normal, self.weight ?? .one, to: x.shape, threads: context.threads) { $0 * $1 },
      self.bias ?? .zero, to: output, x.shape, threads: context.threads
    ) { $0 + $1 }
  }

  func backward(_ dy: Tensor, _ x: Tensor, _ context: ExecutionContext) -> Tensor {
    var gradient = dy
    let weight = alongLanes(weight, of: x.shape)
    if weight == nil, let apart = self.weight {
      gradient = Broadcast.map(dy, apart, to: x.shape, threads: context.threads) { $0 * $1 }
    }
    return withExtendedLifetime((gradient, weight)) {
      let norm = LaneKernels.Norm(weight: weight?.elements, eps: eps, isCentred: isCentred)
      return Tensor(x.shape) {
        kernels(x.shape).standardizeGradient(gradient.elements, x.elements, to: $0, norm, context)
      }
    }
  }

  private func run(
    _ x: Tensor, to output: UnsafeMutablePointer<Float>, _ weight: Tensor?, _ bias: Tensor?,
    _ context: ExecutionContext
  ) {
    withExtendedLifetime((weight, bias)) {
      let norm = LaneKernels.Norm(weight: weight?.elements, bias: bias?.elements, eps: eps, isCentred: isCentred)
      kernels(x.shape).standardize(x.elements, to: output, norm, context)
    }
  }

  private func kernels(_ input: Shape) -> LaneKernels { LaneKernels(StoredAxis(input, joining: axes)) }

  /// A number for each element of a lane, in stored order; nil where they differ from lane to lane.
  private func alongLanes(_ parameter: Tensor?, of input: Shape) -> Tensor? {
    guard let parameter else { return nil }
    var lane = Shape([Int](repeating: 1, count: input.rank))
    for axis in axes { lane[axis] = input[axis] }
    guard lane.broadcast(with: parameter.shape) == lane else { return nil }
    let isInOrder = axes.count == 1 || !(input.isFeatureMap || parameter.shape.isFeatureMap)
    return isInOrder && parameter.count == lane.count ? parameter : parameter.broadcast(to: lane, threads: .one)
  }
}

extension Tensor {
  fileprivate static let one = Tensor(repeating: 1, Shape(1))
  fileprivate static let zero = Tensor(repeating: 0, Shape(1))
}
