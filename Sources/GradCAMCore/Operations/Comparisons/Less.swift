/// 1 where a < b, else 0, broadcasting. No gradient passes.
struct Less: Comparison {
  let kind = "lt"

  static func holds(_ a: Float, _ b: Float) -> Bool { a < b }
}
