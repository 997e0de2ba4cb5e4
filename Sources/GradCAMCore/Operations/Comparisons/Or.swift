/// 1 where a or b is not 0, else 0, broadcasting. No gradient passes.
struct Or: Comparison {
  let kind = "logical_or"

  static func holds(_ a: Float, _ b: Float) -> Bool { a != 0 || b != 0 }
}
