/// The whole numbers that a quantised type holds.
struct QuantizedRange: Hashable, Sendable {
  let least: Float
  let most: Float

  /// - Parameters:
  ///   - bits: 16 at most.
  init(bits: Int, isSigned: Bool) {
    let count = Float(1 << bits)
    (least, most) = isSigned ? (-count / 2, count / 2 - 1) : (0, count - 1)
  }

  static let unsigned8 = QuantizedRange(bits: 8, isSigned: false)

  func holds(_ x: Float) -> Bool { x >= least && x <= most }

  /// The nearest number of the type. NaN stays what it is.
  func held(_ x: Float) -> Float { x < least ? least : x > most ? most : x }
}
