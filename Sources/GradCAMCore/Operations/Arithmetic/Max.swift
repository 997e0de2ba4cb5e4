/// The largest of any number of inputs, element by element, broadcasting. NaN wins.
struct Max: Extremum {
  let kind = "maximum"
  var ties = TieRule.shared

  static func isBetter(_ a: Float, _ b: Float) -> Bool { a > b }
}
