/// The memory of a tensor as lanes, each of which a reduction makes a row of results from.
///
/// Where the fastest axis in memory is kept (channels, when positions are reduced), a lane is a set of rows, added one onto the
/// other. Where it is reduced, a lane has one column, and its rows are stretches of neighbours.
struct ReductionPlan {
  private struct Axis {
    var size: Int
    var step: Int
    let isReduced: Bool
  }

  /// Slowest first; neighbours in memory are one.
  private let kept: [Axis]
  private let reduced: [Axis]
  /// The results of one lane.
  let columns: Int
  let lanes: Int

  /// - Parameter axes: logical, none negative.
  init(_ shape: Shape, _ axes: [Int]) {
    let strides = StoredAxis.strides(shape)
    var order: [Axis] = []
    for axis in StoredAxis.storedOrder(shape) where shape[axis] != 1 {
      let next = Axis(size: shape[axis], step: strides[axis], isReduced: axes.contains(axis))
      if let last = order.last, last.isReduced == next.isReduced {
        order[order.count - 1] = Axis(size: last.size * next.size, step: next.step, isReduced: next.isReduced)
      } else {
        order.append(next)
      }
    }
    if let last = order.last, !last.isReduced {
      columns = last.size
      order.removeLast()
    } else {
      columns = 1
    }
    kept = order.filter { !$0.isReduced }
    reduced = order.filter(\.isReduced)
    lanes = kept.reduce(1) { $0 * $1.size }
  }

  /// The axes to reduce first and those to reduce then, where going twice is faster: where the fastest axis in memory is reduced
  /// and short, and so are axes apart from it. The first pass then adds whole rows. nil where once is enough.
  static func stages(_ shape: Shape, _ axes: [Int]) -> (first: [Int], second: [Int])? {
    let order = StoredAxis.storedOrder(shape).filter { shape[$0] != 1 }
    guard let fastest = order.last, axes.contains(fastest), shape[fastest] < 32 else { return nil }
    let run = order.reversed().prefix { axes.contains($0) }
    let apart = axes.filter { order.contains($0) && !run.contains($0) }
    return apart.isEmpty ? nil : (apart, Array(run))
  }

  /// How many lanes make a part of the work that is worth a thread's while.
  var lanesPerBlock: Int { max(1, (1 << 14) / max(reduced.reduce(1) { $0 * $1.size }, 1)) }

  /// Calls `body` with each row of a lane: where it starts, and how many neighbours it has (at most 32; 1 where the lane has
  /// columns of its own).
  @inline(__always)
  func forEachRow(of lane: Int, _ body: (_ start: Int, _ length: Int) -> Void) {
    let base = offset(lane, kept[...])
    guard let inner = reduced.last else { return body(base, 1) }
    let outer = reduced.dropLast()
    for index in 0..<outer.reduce(1, { $0 * $1.size }) {
      let start = base + offset(index, outer)
      if columns > 1 {
        for row in 0..<inner.size { body(start + row * inner.step, 1) }
      } else {
        for row in stride(from: 0, to: inner.size, by: 32) { body(start + row, min(32, inner.size - row)) }
      }
    }
  }

  /// Where the element `index` of some axes lies, counted in their order.
  private func offset(_ index: Int, _ axes: ArraySlice<Axis>) -> Int {
    var (index, offset) = (index, 0)
    for axis in axes.reversed() {
      let (next, place) = index.quotientAndRemainder(dividingBy: axis.size)
      offset += place * axis.step
      index = next
    }
    return offset
  }
}
