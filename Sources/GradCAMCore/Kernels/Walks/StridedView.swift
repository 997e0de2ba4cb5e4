/// A look at a tensor's memory: a first element, and by logical axis how many elements there are and how far apart they lie.
struct StridedView: Equatable {
  /// Elements before the first.
  private(set) var offset: Int
  private(set) var sizes: [Int]
  private(set) var strides: [Int]

  /// A whole tensor as it is stored.
  init(_ shape: Shape) { (offset, sizes, strides) = (0, shape.dimensions, StoredAxis.strides(shape)) }

  var rank: Int { sizes.count }

  /// The axis `order[i]` as axis i.
  func permuted(_ order: [Int]) -> StridedView {
    var view = self
    (view.sizes, view.strides) = (order.map { sizes[$0] }, order.map { strides[$0] })
    return view
  }

  /// Every `step`-th of an axis from `start` on, `count` of them.
  func sliced(_ axis: Int, from start: Int, count: Int, step: Int) -> StridedView {
    var view = self
    view.offset += start * strides[axis]
    (view.sizes[axis], view.strides[axis]) = (count, strides[axis] * step)
    return view
  }

  /// The same elements in the same logical order under other sizes; nil where no strides lead there.
  ///
  /// - Precondition: as many elements, and at least one.
  func reshaped(to sizes: [Int]) -> StridedView? {
    // Runs of axes that continue each other, slowest first; each is split into new ones.
    var runs: [(size: Int, stride: Int)] = []
    for (size, stride) in zip(self.sizes, self.strides) where size != 1 {
      if let last = runs.last, last.stride == size * stride {
        runs[runs.count - 1] = (last.size * size, stride)
      } else {
        runs.append((size, stride))
      }
    }
    var view = self
    (view.sizes, view.strides) = (sizes, Array(repeating: 0, count: sizes.count))
    var (run, rest) = (runs.count - 1, runs.last?.size ?? 1)
    var stride = runs.last?.stride ?? 1
    for axis in sizes.indices.reversed() where sizes[axis] != 1 {
      if rest == 1, run > 0 {
        run -= 1
        (rest, stride) = runs[run]
      }
      guard rest % sizes[axis] == 0 else { return nil }
      view.strides[axis] = stride
      (rest, stride) = (rest / sizes[axis], stride * sizes[axis])
    }
    return view
  }

  /// By element of a stack of this view's leading axes, broadcast to `stack`, where its matrix of the last two axes begins.
  ///
  /// - Precondition: the leading axes broadcast to `stack`.
  func offsets(in stack: [Int]) -> [Int] {
    var offsets = [offset]
    for (axis, size) in stack.enumerated() {
      let own = axis - (stack.count - (rank - 2))
      let step = own < 0 || sizes[own] == 1 ? 0 : strides[own]
      offsets = offsets.flatMap { offset in (0..<size).map { offset + $0 * step } }
    }
    return offsets
  }
}
