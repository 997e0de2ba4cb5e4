/// Copies between two views of memory, each given by a stride an axis.
enum StridedCopy {
  /// One axis of a copy: how many elements, and how far apart they lie on either side.
  struct Axis {
    var size: Int
    var source: Int
    var target: Int
  }

  /// Copies every element that `axes` (slowest first) reach.
  static func copy(_ axes: [Axis], from source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>) {
    copy(axes[...], from: source, to: target)
  }

  private static func copy(
    _ axes: ArraySlice<Axis>, from source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>
  ) {
    guard let axis = axes.first else { return target.update(from: source, count: 1) }
    if axes.count == 1 {
      if axis.source == 1 && axis.target == 1 { return target.update(from: source, count: axis.size) }
      for i in 0..<axis.size { target[i * axis.target] = source[i * axis.source] }
      return
    }
    for i in 0..<axis.size {
      copy(axes.dropFirst(), from: source + i * axis.source, to: target + i * axis.target)
    }
  }
}
