/// Copies between two views of memory, each given by a stride an axis; strides may be negative.
///
/// The axes may come in any order: what is written last to last in memory is walked innermost.
enum StridedCopy {
  /// One axis of a copy: how many elements, and how far apart they lie on either side.
  struct Axis {
    var size: Int
    var source: Int
    var target: Int

    /// The way back.
    var reversed: Axis { Axis(size: size, source: target, target: source) }
  }

  /// Rows and columns of a block whose two sides stay in the cache while it is transposed.
  private static let block = 16
  /// Copies of fewer elements are not worth a second thread.
  private static let serialCount = 1 << 15

  /// target = source, for every element that `axes` reach. A source stride of 0 repeats.
  static func copy(
    _ axes: [Axis], from source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, threads: Workers = .one
  ) {
    var axes = merged(axes) { $0.target.magnitude }
    // Where the source runs along another axis than the target does, the two become a plane to transpose in blocks.
    if let last = axes.last, last.source.magnitude > 1,
      let along = axes.indices.min(by: { axes[$0].source.magnitude < axes[$1].source.magnitude }),
      axes[along].source.magnitude < last.source.magnitude
    {
      axes.insert(axes.remove(at: along), at: axes.count - 1)
    }
    split(axes, outer: axes.isEmpty ? nil : 0, threads) { axes, first, second in
      copy(axes, from: source + first, to: target + second)
    }
  }

  /// target += source, for every element that `axes` reach. A target stride of 0 sums.
  static func add(
    _ axes: [Axis], from source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, threads: Workers = .one
  ) {
    let axes = merged(axes) { $0.source.magnitude }
    // Workers own places of the target, each of which sums in the same order however they are shared out.
    split(axes, outer: axes.firstIndex { $0.target != 0 }, threads) { axes, first, second in
      add(axes, from: source + first, to: target + second)
    }
  }

  /// The axes that count, from the longest stride to the shortest, neighbours that continue each other made one.
  private static func merged(_ axes: [Axis], by stride: (Axis) -> UInt) -> [Axis] {
    let sorted = axes.filter { $0.size != 1 }.sorted { stride($0) > stride($1) }
    return sorted.reduce(into: []) { result, axis in
      if let outer = result.last, outer.source == axis.source * axis.size, outer.target == axis.target * axis.size {
        result[result.count - 1] = Axis(size: outer.size * axis.size, source: axis.source, target: axis.target)
      } else {
        result.append(axis)
      }
    }
  }

  /// Calls `body` with the axes and the offsets on both sides of each worker's part, which is cut from the axis `outer`.
  private static func split(
    _ axes: [Axis], outer: Int?, _ threads: Workers, _ body: (ArraySlice<Axis>, _ source: Int, _ target: Int) -> Void
  ) {
    let count = axes.reduce(1) { $0 * $1.size }
    guard count > 0 else { return }
    guard let outer, threads.count > 1, count >= serialCount else { return body(axes[...], 0, 0) }
    let axis = axes[outer]
    parallelFor(axis.size, blockSize: max(axis.size / (threads.count * 4), 1), threads: threads) { part, _ in
      var axes = axes
      axes[outer].size = part.count
      body(axes[...], part.lowerBound * axis.source, part.lowerBound * axis.target)
    }
  }

  private static func copy(
    _ axes: ArraySlice<Axis>, from source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>
  ) {
    guard let outer = axes.first else { return target.update(from: source, count: 1) }
    let rest = axes.dropFirst()
    if rest.isEmpty { return copyRow(outer, from: source, to: target) }
    if rest.count == 1, let inner = rest.first, outer.source.magnitude < inner.source.magnitude {
      return transpose(outer, inner, from: source, to: target)
    }
    for i in 0..<outer.size { copy(rest, from: source + i * outer.source, to: target + i * outer.target) }
  }

  private static func copyRow(
    _ axis: Axis, from source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>
  ) {
    if axis.source == 1 && axis.target == 1 { return target.update(from: source, count: axis.size) }
    for i in 0..<axis.size { target[i * axis.target] = source[i * axis.source] }
  }

  private static func transpose(
    _ outer: Axis, _ inner: Axis, from source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>
  ) {
    for row in stride(from: 0, to: outer.size, by: block) {
      for column in stride(from: 0, to: inner.size, by: block) {
        for r in row..<min(row + block, outer.size) {
          for c in column..<min(column + block, inner.size) {
            target[r * outer.target + c * inner.target] = source[r * outer.source + c * inner.source]
          }
        }
      }
    }
  }

  private static func add(
    _ axes: ArraySlice<Axis>, from source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>
  ) {
    guard let outer = axes.first else { return target.pointee += source.pointee }
    if axes.count > 1 {
      for i in 0..<outer.size {
        add(axes.dropFirst(), from: source + i * outer.source, to: target + i * outer.target)
      }
    } else if outer.target == 0 {
      var sum: Float = 0
      for i in 0..<outer.size { sum += source[i * outer.source] }
      target.pointee += sum
    } else if outer.source == 1 && outer.target == 1 {
      for i in 0..<outer.size { target[i] += source[i] }
    } else {
      for i in 0..<outer.size { target[i * outer.target] += source[i * outer.source] }
    }
  }
}
