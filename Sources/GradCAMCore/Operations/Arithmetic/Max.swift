/// The largest of any number of inputs, element by element, broadcasting. NaN wins; inputs that tie share the gradient equally.
struct Max: Extremum {
  let kind = "maximum"

  static func isBetter(_ a: Float, _ b: Float) -> Bool { a > b }
}
