/// The smallest of any number of inputs, element by element, broadcasting. NaN wins; inputs that tie share the gradient equally.
public struct Min: Extremum {
  public let kind = "minimum"

  public init() {}

  public static func isBetter(_ a: Float, _ b: Float) -> Bool { a < b }
}
