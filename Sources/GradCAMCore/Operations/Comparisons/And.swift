/// 1 where neither a nor b is 0, else 0, broadcasting. No gradient passes.
struct And: Comparison {
  let kind = "logical_and"

  static func holds(_ a: Float, _ b: Float) -> Bool { a != 0 && b != 0 }
}
