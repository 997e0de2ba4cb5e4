/// 1 where x is infinite, else 0; either sign can be left out.
struct IsInf: FlatUnary {
  let kind = "isinf"
  var findsPositive = true
  var findsNegative = true
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { 0...1 }

  func value(_ x: Float) -> Float { findsPositive && x == .infinity || findsNegative && x == -.infinity ? 1 : 0 }
}
