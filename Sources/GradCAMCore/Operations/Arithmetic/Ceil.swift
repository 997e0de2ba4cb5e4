/// The smallest whole number that is not below x.
struct Ceil: FlatUnary {
  let kind = "ceil"

  func value(_ x: Float) -> Float { x.rounded(.up) }
}
