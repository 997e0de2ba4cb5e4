/// 1 where a or b is not 0, else 0, broadcasting. No gradient passes.
public struct Or: Comparison {
  public let kind = "logical_or"

  public init() {}

  public static func holds(_ a: Float, _ b: Float) -> Bool { a != 0 || b != 0 }
}
