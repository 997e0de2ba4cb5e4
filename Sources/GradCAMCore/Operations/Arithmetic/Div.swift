/// y = a/b, broadcasting.
struct Div: ElementwiseBinary {
  let kind = "div"
  func isAffine(inInput position: Int) -> Bool { position == 0 }

  static func value(_ a: Float, _ b: Float) -> Float { a / b }

  static func firstSlope(_ a: Float, _ b: Float) -> Float { 1 / b }

  static func secondSlope(_ a: Float, _ b: Float) -> Float { -a / (b * b) }
}
