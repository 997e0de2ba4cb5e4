/// 1 where neither a nor b is 0, else 0, broadcasting. No gradient passes.
public struct And: Comparison {
  public let kind = "logical_and"

  public init() {}

  public static func holds(_ a: Float, _ b: Float) -> Bool { a != 0 && b != 0 }
}
