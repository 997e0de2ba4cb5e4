/// 1 where a = b, else 0, broadcasting. No gradient passes.
public struct Equal: Comparison {
  public let kind = "eq"

  public init() {}

  public static func holds(_ a: Float, _ b: Float) -> Bool { a == b }
}
