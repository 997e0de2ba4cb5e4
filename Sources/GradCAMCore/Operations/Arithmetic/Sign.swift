/// −1, 0 or 1; 0 for NaN, as in PyTorch.
struct Sign: FlatUnary {
  let kind = "sign"

  func value(_ x: Float) -> Float { Sign.value(x) }

  /// The function itself.
  static func value(_ x: Float) -> Float { x > 0 ? 1 : (x < 0 ? -1 : 0) }
}
