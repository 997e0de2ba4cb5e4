/// The smallest of any number of inputs, element by element, broadcasting. NaN wins.
struct Min: Extremum {
  let kind = "minimum"
  var ties = TieRule.shared

  static func isBetter(_ a: Float, _ b: Float) -> Bool { a < b }
}
