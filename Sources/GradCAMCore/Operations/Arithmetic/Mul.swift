/// y = a·b, broadcasting: a gate on channels (squeeze-and-excitation), a scale.
struct Mul: BroadcastingOperation, WritingOperation {
  let kind = "mul"
  var takesWeights: Bool { true }
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { .ends(inputs[0], inputs[1], *) }
  var term: ElementaryTerm? { .product }
  var keeps: Kept { .inputs }
  func isAffine(inInput position: Int) -> Bool { true }
  var fusionPart: FusionPart? { .product }

  func forward(_ inputs: [Tensor], to output: UnsafeMutablePointer<Float>, _ context: ExecutionContext) {
    let shape = checkedShape(of: inputs.map(\.shape))
    for (x, gate) in [(inputs[0], inputs[1]), (inputs[1], inputs[0])] where gate.isGate(on: x) {
      return x.gated(by: gate, to: output, context)
    }
    for (x, factors) in [(inputs[0], inputs[1]), (inputs[1], inputs[0])] where factors.scalesRuns(of: x.shape) {
      return x.scaled(by: factors, to: output, context)
    }
    Broadcast.write(inputs[0], inputs[1], to: output, shape, threads: context.threads) { a, b in a * b }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let (a, b) = (saved.inputs[0], saved.inputs[1])
    return [
      wanted[0] ? gradient(dy, by: b, to: a.shape, context) : nil,
      wanted[1] ? gradient(dy, by: a, to: b.shape, context) : nil,
    ]
  }

  private func gradient(_ dy: Tensor, by factor: Tensor, to shape: Shape, _ context: ExecutionContext) -> Tensor {
    Broadcast.map(dy, factor, to: dy.shape, threads: context.threads) { dy, factor in through(factor, dy) }
      .summed(to: shape, threads: context.threads)
  }
}

extension Tensor {
  /// Whether this holds one factor for each channel of `x`'s images.
  fileprivate func isGate(on x: Tensor) -> Bool {
    x.shape.hasPositions && x.shape.c > 0 && shape == Shape(x.shape.n, x.shape.c, 1, 1)
  }

  /// Whether this holds one factor for each element of the runs that `x` is stored in: the channels of a map, else the last axis.
  fileprivate func scalesRuns(of x: Shape) -> Bool {
    x.rank > 0 && count > 1 && lies(along: x.isFeatureMap ? 1 : x.rank - 1, of: x)
  }

  fileprivate func scaled(by factors: Tensor, to output: UnsafeMutablePointer<Float>, _ context: ExecutionContext) {
    let width = factors.count
    parallelFor(count / width, blockSize: max((1 << 13) / width, 1), threads: context.threads) { rows, _ in
      let start = rows.lowerBound * width
      ConvolutionEpilogue(scale: factors.elements).apply(
        elements + start, to: output + start, rows: rows.count, channels: width, context.kernels)
    }
  }

  fileprivate func gated(by gate: Tensor, to output: UnsafeMutablePointer<Float>, _ context: ExecutionContext) {
    let positions = shape.h * shape.w
    let block = max((1 << 13) / shape.c, 1)
    let blocks = (positions + block - 1) / block
    parallelFor(shape.n * blocks, threads: context.threads) { unit, _ in
      let (n, index) = unit.quotientAndRemainder(dividingBy: blocks)
      let range = index * block..<min((index + 1) * block, positions)
      let start = (n * positions + range.lowerBound) * shape.c
      ConvolutionEpilogue(scale: gate.elements + n * shape.c).apply(
        elements + start, to: output + start, rows: range.count, channels: shape.c, context.kernels)
    }
  }
}
