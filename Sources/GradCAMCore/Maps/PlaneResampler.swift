/// Enlarges planes bilinearly, as PyTorch's `interpolate` does, many of one size.
struct PlaneResampler {
  private struct Tap {
    let first, second: Int
    let share: Float
  }

  private let rows: [Tap]
  private let columns: [Tap]
  private let sourceWidth: Int

  /// - Parameter alignsCorners: whether the outermost cells' centres lie on the target's edges.
  init(from source: (h: Int, w: Int), to target: (h: Int, w: Int), alignsCorners: Bool = false) {
    rows = Self.taps(source.h, 0..<Double(source.h), target.h, alignsCorners)
    columns = Self.taps(source.w, 0..<Double(source.w), target.w, alignsCorners)
    sourceWidth = source.w
  }

  /// A place within 1e-5 cells of a source cell's centre counts as there. A cell of zeros would otherwise take in a trace of its neighbour,
  /// by the rounding of the rectangles that `part` comes from, and have another rank than the zeros around it.
  ///
  /// - Parameter part: what of the source the target covers, in cells; beyond the source its outermost cells go on.
  init(
    from source: (h: Int, w: Int), to target: (h: Int, w: Int), over part: (rows: Range<Double>, columns: Range<Double>)
  ) {
    rows = Self.taps(source.h, part.rows, target.h, false, snapsWithin: 1e-5)
    columns = Self.taps(source.w, part.columns, target.w, false, snapsWithin: 1e-5)
    sourceWidth = source.w
  }

  private static func taps(
    _ source: Int, _ part: Range<Double>, _ target: Int, _ alignsCorners: Bool, snapsWithin tolerance: Double = 0
  ) -> [Tap] {
    (0..<target).map { index in
      let corners = target > 1 ? Double(index) * Double(source - 1) / Double(target - 1) : 0
      let length = part.upperBound - part.lowerBound
      let center = part.lowerBound + (Double(index) + 0.5) * length / Double(target) - 0.5
      var place = alignsCorners ? corners : min(max(center, 0), Double(source))
      if abs(place - place.rounded()) < tolerance { place = place.rounded() }
      let first = min(Int(place), source - 1)
      return Tap(first: first, second: min(first + 1, source - 1), share: Float(place - Double(first)))
    }
  }

  /// The enlarged plane, row by row.
  func enlarge(_ plane: [Float]) -> [Float] {
    var result = [Float](repeating: 0, count: rows.count * columns.count)
    var line = [Float](repeating: 0, count: sourceWidth)
    for (y, row) in rows.enumerated() {
      for x in 0..<sourceWidth {
        let (above, below) = (plane[row.first * sourceWidth + x], plane[row.second * sourceWidth + x])
        line[x] = above + (below - above) * row.share
      }
      for (x, column) in columns.enumerated() {
        result[y * columns.count + x] = line[column.first] + (line[column.second] - line[column.first]) * column.share
      }
    }
    return result
  }
}
