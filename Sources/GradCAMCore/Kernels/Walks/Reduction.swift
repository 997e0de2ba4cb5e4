import Glibc

/// One number for all elements along some logical axes: sums, products, largest elements.
///
/// Sums are taken in doubles, and in an order that depends on the shape alone.
enum Reduction {
  /// The accumulators of one part of the work: as many channels at a time, or as many neighbours of one long row.
  private static let width = 32

  /// Reduces `x` over `axes` (none negative), which stay with one element each.
  ///
  /// - Parameters:
  ///   - start: what `join` leaves unchanged.
  ///   - term: what an element counts.
  ///   - join: associative.
  ///   - finish: the result, from everything joined.
  @inline(__always)
  static func reduce(
    _ x: Tensor, over axes: [Int], threads: Workers, start: Double = 0, term: (Float) -> Double = { Double($0) },
    join: (Double, Double) -> Double = { $0 + $1 }, finish: (Double) -> Float = { Float($0) }
  ) -> Tensor {
    let plan = ReductionPlan(x.shape, axes)
    let parts = (plan.columns + width - 1) / width
    return Tensor(keptShape(x.shape, axes)) { y in
      parallelFor(plan.lanes * parts, blockSize: plan.lanesPerBlock, threads: threads) { tasks, _ in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: width) { sums in
          for task in tasks {
            let (lane, part) = task.quotientAndRemainder(dividingBy: parts)
            let first = part * width
            let columns = min(width, plan.columns - first)
            sums.update(repeating: start)
            plan.forEachRow(of: lane) { row, length in
              let source = x.elements + row + first
              if plan.columns > 1 {
                for i in 0..<columns { sums[i] = join(sums[i], term(source[i])) }
              } else {
                for i in 0..<length { sums[i] = join(sums[i], term(source[i])) }
              }
            }
            if plan.columns == 1 { sums[0] = sums.dropFirst().reduce(sums[0], join) }
            let target = y + lane * plan.columns + first
            for i in 0..<columns { target[i] = finish(sums[i]) }
          }
        }
      }
    }
  }

  static func sum(_ x: Tensor, over axes: [Int], threads: Workers) -> Tensor {
    let (rows, rest) = addingRows(x, over: axes, threads: threads)
    return reduce(rows, over: rest, threads: threads)
  }

  static func mean(_ x: Tensor, over axes: [Int], threads: Workers) -> Tensor {
    let count = Double(reducedCount(x.shape, axes))
    let (rows, rest) = addingRows(x, over: axes, threads: threads)
    return reduce(rows, over: rest, threads: threads, finish: { Float($0 / count) })
  }

  /// The sum over the axes that are better taken first, where there are such, and the axes that remain.
  private static func addingRows(_ x: Tensor, over axes: [Int], threads: Workers) -> (rows: Tensor, rest: [Int]) {
    guard let (first, rest) = ReductionPlan.stages(x.shape, axes) else { return (x, axes) }
    return (reduce(x, over: first, threads: threads), rest)
  }

  /// The largest of `sign`·x, times `sign`: with −1 the smallest. NaN wins.
  @inline(__always)
  static func largest(_ x: Tensor, over axes: [Int], sign: Double, threads: Workers) -> Tensor {
    reduce(
      x, over: axes, threads: threads, start: -.infinity, term: { Double($0) * sign },
      join: { $1 > $0 || $1.isNaN ? $1 : $0 }, finish: { Float($0 * sign) })
  }

  /// How many elements make one.
  static func reducedCount(_ shape: Shape, _ axes: [Int]) -> Int { axes.reduce(1) { $0 * shape[$1] } }

  /// The shape with one element along each of `axes`.
  static func keptShape(_ shape: Shape, _ axes: [Int]) -> Shape {
    var shape = shape
    for axis in axes { shape[axis] = 1 }
    return shape
  }

  static func product(_ x: Tensor, over axes: [Int], threads: Workers) -> Tensor {
    reduce(x, over: axes, threads: threads, start: 1, join: { $0 * $1 })
  }

  /// The two parts of ln Σ eˣ: the largest x (0 where that is infinite), and ln Σ e^(x − largest).
  static func logSumExp(_ x: Tensor, over axes: [Int], threads: Workers) -> (largest: Tensor, logSum: Tensor) {
    let largest = largest(x, over: axes, sign: 1, threads: threads).map(threads: threads) { largest, _ in
      abs(largest) == .infinity ? 0 : largest
    }
    let powers = Broadcast.map(x, largest, to: x.shape, threads: threads) { x, largest in expf(x - largest) }
    let logSum = sum(powers, over: axes, threads: threads).map(threads: threads) { sum, _ in logf(sum) }
    return (largest, logSum)
  }
}
