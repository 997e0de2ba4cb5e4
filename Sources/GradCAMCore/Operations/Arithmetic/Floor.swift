/// The largest whole number that is not above x.
struct Floor: FlatUnary {
  let kind = "floor"

  func value(_ x: Float) -> Float { x.rounded(.down) }
}
