/// 1 where a > b, else 0, broadcasting. No gradient passes.
struct Greater: Comparison {
  let kind = "gt"

  static func holds(_ a: Float, _ b: Float) -> Bool { a > b }
}
