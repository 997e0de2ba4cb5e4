/// 1 where just one of a and b is 0, else 0, broadcasting. No gradient passes.
struct Xor: Comparison {
  let kind = "logical_xor"

  static func holds(_ a: Float, _ b: Float) -> Bool { (a != 0) != (b != 0) }
}
