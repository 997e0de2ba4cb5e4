/// How tensors of different shapes run alongside an output, as NumPy broadcasts them: logical axes are aligned from the last one
/// on, and an axis of one element is repeated.
///
/// The output is walked in its stored order, in runs along the fastest axis. Axes that every operand passes in even steps are one
/// here: operands of one shape are a single run, and a value a channel meets rows of channels.
struct Broadcast {
  /// An axis of the output, and how far apart its elements lie in each operand: 0 where they are repeated.
  private struct Axis {
    var size: Int
    var steps: [Int]
  }

  private let count: Int
  /// The axes beside the runs', slowest first.
  private let outer: [Axis]
  private let run: Axis

  /// - Precondition: every operand broadcasts to `output`.
  init(_ operands: [Shape], to output: Shape) {
    let steps = operands.map { Broadcast.steps($0, in: output) }
    var axes: [Axis] = []
    for axis in StoredAxis.storedOrder(output) where output[axis] != 1 {
      let next = Axis(size: output[axis], steps: steps.map { $0[axis] })
      if let last = axes.last, zip(last.steps, next.steps).allSatisfy({ $0 == $1 * next.size }) {
        axes[axes.count - 1] = Axis(size: last.size * next.size, steps: next.steps)
      } else {
        axes.append(next)
      }
    }
    count = output.count
    run = axes.popLast() ?? Axis(size: 1, steps: operands.map { _ in 0 })
    outer = axes
  }

  /// By axis of the output, how far apart its elements lie in a tensor of the shape `shape`.
  private static func steps(_ shape: Shape, in output: Shape) -> [Int] {
    let missing = output.rank - shape.rank
    let strides = StoredAxis.strides(shape)
    return output.dimensions.indices.map { axis in
      axis < missing || shape[axis - missing] == 1 ? 0 : strides[axis - missing]
    }
  }

  /// Calls `body` with parts of runs that together cover the output: where a part starts in the output, its length, and where it
  /// starts in each operand.
  private func forEachRun(threads: Workers, _ body: (_ start: Int, _ length: Int, _ offsets: [Int]) -> Void) {
    parallelFor(count, blockSize: 1 << 15, threads: threads) { range, _ in
      var offsets = run.steps
      var start = range.lowerBound
      while start < range.upperBound {
        let (row, column) = start.quotientAndRemainder(dividingBy: run.size)
        let length = min(run.size - column, range.upperBound - start)
        locate(row, column, &offsets)
        body(start, length, offsets)
        start += length
      }
    }
  }

  /// Sets `offsets` to where element `column` of the run `row` lies in each operand.
  private func locate(_ row: Int, _ column: Int, _ offsets: inout [Int]) {
    for operand in offsets.indices { offsets[operand] = column * run.steps[operand] }
    var row = row
    for index in outer.indices.reversed() {
      // The slowest axis has no other around it, which spares its division.
      let (next, place) = index == 0 ? (0, row) : row.quotientAndRemainder(dividingBy: outer[index].size)
      for operand in offsets.indices { offsets[operand] += place * outer[index].steps[operand] }
      row = next
    }
  }
}

extension Broadcast {
  /// The tensor of the shape `shape` whose elements are `body` of those of `a` and `b`, each broadcast to it.
  @inline(__always)
  static func map(
    _ a: Tensor, _ b: Tensor, to shape: Shape, threads: Workers, _ body: (Float, Float) -> Float
  ) -> Tensor {
    Tensor(shape) { write(a, b, to: $0, shape, threads: threads, body) }
  }

  /// The same into memory that is there.
  @inline(__always)
  static func write(
    _ a: Tensor, _ b: Tensor, to target: UnsafeMutablePointer<Float>, _ shape: Shape, threads: Workers,
    _ body: (Float, Float) -> Float
  ) {
    let plan = Broadcast([a.shape, b.shape], to: shape)
    let (stepA, stepB) = (plan.run.steps[0], plan.run.steps[1])
    plan.forEachRun(threads: threads) { start, length, offsets in
      let (y, a, b) = (target + start, a.elements + offsets[0], b.elements + offsets[1])
      func loop(_ stepA: Int, _ stepB: Int) {
        for i in 0..<length { y[i] = body(a[i &* stepA], b[i &* stepB]) }
      }
      // With steps that the compiler knows, these become vector loops.
      switch (stepA, stepB) {
      case (1, 1): loop(1, 1)
      case (1, 0): loop(1, 0)
      case (0, 1): loop(0, 1)
      default: loop(stepA, stepB)
      }
    }
  }

  /// The same of three tensors.
  @inline(__always)
  static func map(
    _ a: Tensor, _ b: Tensor, _ c: Tensor, to shape: Shape, threads: Workers, _ body: (Float, Float, Float) -> Float
  ) -> Tensor {
    let plan = Broadcast([a.shape, b.shape, c.shape], to: shape)
    let (stepA, stepB, stepC) = (plan.run.steps[0], plan.run.steps[1], plan.run.steps[2])
    return Tensor(shape) { target in
      plan.forEachRun(threads: threads) { start, length, offsets in
        let y = target + start
        let (a, b, c) = (a.elements + offsets[0], b.elements + offsets[1], c.elements + offsets[2])
        switch (stepA, stepB, stepC) {
        case (1, 1, 1): for i in 0..<length { y[i] = body(a[i], b[i], c[i]) }
        case (1, 1, 0): for i in 0..<length { y[i] = body(a[i], b[i], c[0]) }
        case (1, 0, 1): for i in 0..<length { y[i] = body(a[i], b[0], c[i]) }
        case (1, 0, 0): for i in 0..<length { y[i] = body(a[i], b[0], c[0]) }
        default: for i in 0..<length { y[i] = body(a[i * stepA], b[i * stepB], c[i * stepC]) }
        }
      }
    }
  }
}

extension Tensor {
  /// This tensor repeated along the axes that it lacks, or has one element of, against `shape`.
  func broadcast(to shape: Shape, threads: Workers) -> Tensor {
    shape == self.shape ? self : Broadcast.map(self, self, to: shape, threads: threads) { value, _ in value }
  }

  /// The gradient of a tensor of the shape `shape` from that of what it was broadcast to: summed over the repeated axes.
  func summed(to shape: Shape, threads: Workers) -> Tensor {
    if shape == self.shape { return self }
    let missing = self.shape.rank - shape.rank
    let repeated = self.shape.dimensions.indices.filter { $0 < missing || shape[$0 - missing] != self.shape[$0] }
    return Reduction.sum(self, over: repeated, threads: threads).reshaped(to: shape)
  }
}
