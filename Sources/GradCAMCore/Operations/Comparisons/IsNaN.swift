/// 1 where x is not a number, else 0.
struct IsNaN: FlatUnary {
  let kind = "isnan"
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { 0...1 }

  func value(_ x: Float) -> Float { x.isNaN ? 1 : 0 }
}
