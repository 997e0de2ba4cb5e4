import GradCAMCore

/// A curve of a map: the class's probability while more and more of the picture's pixels are changed.
struct CurveRecord: Codable, Sendable {
  /// The share of the pixels that are changed at the first value and at the last; the others lie at equal distances between.
  var from: Double
  var to: Double
  /// At most `CurveBoard.mostIntervals` and one more, to seven digits.
  var values: [Double]

  init(_ curve: MetricCurve) {
    let curve = curve.evened(intervals: CurveBoard.mostIntervals)
    (from, to) = (curve.shares.first ?? 0, curve.shares.last ?? 1)
    values = curve.values.map { $0.rounded(toDigits: 7) }
  }

  /// nil for what no run writes.
  var curve: MetricCurve? {
    guard (2...CurveBoard.mostIntervals + 1).contains(values.count), from >= 0, from < to, to <= 1 else { return nil }
    let count = values.count - 1
    let shares = (0...count).map { $0 == count ? to : from + (to - from) * Double($0) / Double(count) }
    return MetricCurve(shares: shares, values: values)
  }
}
