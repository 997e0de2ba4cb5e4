/// 1 where a ≥ b, else 0, broadcasting. No gradient passes.
struct GreaterOrEqual: Comparison {
  let kind = "ge"

  static func holds(_ a: Float, _ b: Float) -> Bool { a >= b }
}
