/// 1 where a = b, else 0, broadcasting. No gradient passes.
struct Equal: Comparison {
  let kind = "eq"

  static func holds(_ a: Float, _ b: Float) -> Bool { a == b }
}
