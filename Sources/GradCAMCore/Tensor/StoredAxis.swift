/// One logical axis of a tensor as it lies in memory: lanes of `size` elements, `step` apart.
struct StoredAxis {
  let size: Int
  let step: Int
  /// How many times `step` lanes lie beside one another.
  let outer: Int

  /// - Parameter axis: counted from the end where it is negative.
  init(_ shape: Shape, _ axis: Int) {
    let axis = shape.axis(axis)
    size = shape[axis]
    step = StoredAxis.strides(shape)[axis]
    outer = size * step == 0 ? 0 : shape.count / (size * step)
  }

  /// Several axes as one.
  ///
  /// - Parameter axes: axes that follow one another in memory, some or all of a tensor's.
  init(_ shape: Shape, joining axes: [Int]) {
    let strides = StoredAxis.strides(shape)
    size = axes.reduce(1) { $0 * shape[$1] }
    step = axes.map { strides[$0] }.min() ?? 1
    outer = size * step == 0 ? 0 : shape.count / (size * step)
  }

  /// Calls `body` with the offset of each lane's first element.
  func forEachLane(_ body: (Int) -> Void) {
    for block in 0..<outer {
      for lane in 0..<step { body(block * size * step + lane) }
    }
  }

  /// Elements from one index to the next by logical axis, in stored order.
  static func strides(_ shape: Shape) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.rank)
    var next = 1
    for axis in storedOrder(shape).reversed() {
      strides[axis] = next
      next *= shape[axis]
    }
    return strides
  }

  /// The logical axes from the slowest to the fastest in memory.
  static func storedOrder(_ shape: Shape) -> [Int] {
    shape.isFeatureMap ? [0, 2, 3, 1] : Array(shape.dimensions.indices)
  }
}
