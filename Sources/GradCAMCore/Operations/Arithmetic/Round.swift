/// The nearest whole number, of two the even one.
struct Round: FlatUnary {
  let kind = "round"

  func value(_ x: Float) -> Float { x.rounded(.toNearestOrEven) }
}
