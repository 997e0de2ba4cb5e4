/// 1 where x is 0, else 0.
struct Not: FlatUnary {
  let kind = "logical_not"

  func value(_ x: Float) -> Float { x == 0 ? 1 : 0 }
}
