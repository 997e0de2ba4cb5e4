/// The smallest of any number of inputs, element by element, broadcasting. NaN wins; inputs that tie share the gradient equally.
struct Min: Extremum {
  let kind = "minimum"

  static func isBetter(_ a: Float, _ b: Float) -> Bool { a < b }
}
