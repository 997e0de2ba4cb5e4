extension ClosedRange<Float> {
  /// All numbers: where nothing is known.
  static var everything: ClosedRange { -.infinity ... .infinity }

  /// The range between the least and the greatest of some numbers; everything where one of them is none.
  init(spanning numbers: [Float]) {
    guard let least = numbers.min(), let most = numbers.max(), !numbers.contains(where: \.isNaN) else {
      self = .everything
      return
    }
    self = least...most
  }

  /// The least range that holds all of these.
  static func hull(_ ranges: [ClosedRange]) -> ClosedRange {
    ClosedRange(spanning: ranges.flatMap { [$0.lowerBound, $0.upperBound] })
  }

  /// The range of f(a, b), for a function that is greatest and least at the ends of both.
  static func ends(_ a: ClosedRange, _ b: ClosedRange, _ f: (Float, Float) -> Float) -> ClosedRange {
    ClosedRange(
      spanning: [
        f(a.lowerBound, b.lowerBound), f(a.lowerBound, b.upperBound), f(a.upperBound, b.lowerBound),
        f(a.upperBound, b.upperBound),
      ])
  }
}
