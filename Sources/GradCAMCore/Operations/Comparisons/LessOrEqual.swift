/// 1 where a ≤ b, else 0, broadcasting. No gradient passes.
struct LessOrEqual: Comparison {
  let kind = "le"

  static func holds(_ a: Float, _ b: Float) -> Bool { a <= b }
}
