/// The largest of any number of inputs, element by element, broadcasting. NaN wins.
struct Max: Extremum {
  let kind = "maximum"
  var ties = TieRule.shared

  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> {
    (inputs.map(\.lowerBound).max() ?? 0)...(inputs.map(\.upperBound).max() ?? 0)
  }

  static func isBetter(_ a: Float, _ b: Float) -> Bool { a > b }
}
