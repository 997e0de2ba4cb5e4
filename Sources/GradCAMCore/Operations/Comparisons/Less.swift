/// 1 where a < b, else 0, broadcasting. No gradient passes.
public struct Less: Comparison {
  public let kind = "lt"

  public init() {}

  public static func holds(_ a: Float, _ b: Float) -> Bool { a < b }
}
