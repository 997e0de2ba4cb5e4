/// The largest of any number of inputs, element by element, broadcasting. NaN wins; inputs that tie share the gradient equally.
public struct Max: Extremum {
  public let kind = "maximum"

  public init() {}

  public static func isBetter(_ a: Float, _ b: Float) -> Bool { a > b }
}
