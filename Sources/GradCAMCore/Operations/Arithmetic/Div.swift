/// y = a/b, broadcasting.
struct Div: ElementwiseBinary {
  let kind = "div"
  var takesWeights: Bool { true }
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> {
    inputs[1].contains(0) ? .everything : .ends(inputs[0], inputs[1], /)
  }
  var term: ElementaryTerm? { .quotient }
  var fusionPart: FusionPart? { .quotient }
  func isAffine(inInput position: Int) -> Bool { position == 0 }

  static func value(_ a: Float, _ b: Float) -> Float { a / b }

  static func firstSlope(_ a: Float, _ b: Float) -> Float { 1 / b }

  static func secondSlope(_ a: Float, _ b: Float) -> Float { -a / (b * b) }
}
