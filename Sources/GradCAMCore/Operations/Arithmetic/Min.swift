/// The smallest of any number of inputs, element by element, broadcasting. NaN wins.
struct Min: Extremum {
  let kind = "minimum"
  var ties = TieRule.shared

  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> {
    (inputs.map(\.lowerBound).min() ?? 0)...(inputs.map(\.upperBound).min() ?? 0)
  }

  static func isBetter(_ a: Float, _ b: Float) -> Bool { a < b }
}
