/// A target every axis of which has a table of places in the source: padding by reflection, for one.
struct IndexedCopy {
  /// One axis: by index of the target, the offset in the source, or nil where there is nothing to copy.
  struct Axis {
    var places: [Int?]
    /// Elements from one index of the target to the next.
    var target: Int
  }

  /// Elements that are neighbours on both sides.
  private struct Run {
    var source: Int
    var target: Int
    var count: Int
  }

  private let outer: ArraySlice<Axis>
  private let runs: [Run]

  /// - Parameter axes: slowest first.
  init(_ axes: [Axis]) {
    outer = axes.dropLast()
    guard let inner = axes.last else {
      runs = [Run(source: 0, target: 0, count: 1)]
      return
    }
    var runs: [Run] = []
    for (index, place) in inner.places.enumerated() {
      guard let place else { continue }
      let next = Run(source: place, target: index * inner.target, count: 1)
      if let last = runs.last, last.source + last.count == next.source, last.target + last.count == next.target {
        runs[runs.count - 1].count += 1
      } else {
        runs.append(next)
      }
    }
    self.runs = runs
  }

  /// target = source wherever there is something to copy.
  func copy(from source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>) {
    forEachRun(outer, source: 0, target: 0) { from, to, count in
      (target + to).update(from: source + from, count: count)
    }
  }

  /// The way back: source += target.
  func addBack(from target: UnsafePointer<Float>, to source: UnsafeMutablePointer<Float>) {
    forEachRun(outer, source: 0, target: 0) { from, to, count in
      for i in 0..<count { source[from + i] += target[to + i] }
    }
  }

  private func forEachRun(
    _ axes: ArraySlice<Axis>, source: Int, target: Int, _ body: (_ source: Int, _ target: Int, _ count: Int) -> Void
  ) {
    guard let axis = axes.first else {
      for run in runs { body(source + run.source, target + run.target, run.count) }
      return
    }
    for (index, place) in axis.places.enumerated() {
      guard let place else { continue }
      forEachRun(axes.dropFirst(), source: source + place, target: target + index * axis.target, body)
    }
  }
}
