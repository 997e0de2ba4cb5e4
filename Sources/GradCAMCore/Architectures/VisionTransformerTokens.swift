/// The tokens of a Vision Transformer: a grid of patches, and special ones before them.
struct VisionTransformerTokens: Sendable {
  /// Full names of parameters, and how many tokens each holds.
  let special: [(name: String, count: Int)]
  /// Patches along each side.
  let grid: Int
  /// Whether the position embedding is one of the special tokens, too.
  let coversSpecial: Bool
  let hasClass: Bool
  /// DeiT's token of the network that it learned from.
  let hasTeacher: Bool
  /// timm's, that stand for nothing.
  let registers: Int

  /// - Parameters:
  ///   - shapes: nil where no file tells, and the usual tokens are taken: the class's, and the teacher's where it is wanted.
  ///   - usualGrid: patches along each side where no file tells.
  init(_ naming: VisionTransformerNaming, _ shapes: ParameterShapes?, usualGrid: Int, wantsTeacher: Bool) {
    hasClass = shapes?.has(naming.classToken) ?? true
    hasTeacher = shapes?.has(naming.distillationToken) ?? wantsTeacher
    registers = shapes?.size(naming.registers, 1) ?? 0
    special =
      (hasClass ? [(naming.classToken, 1)] : []) + (hasTeacher ? [(naming.distillationToken, 1)] : [])
      + (registers > 0 ? [(naming.registers, registers)] : [])
    let count = special.reduce(0) { $0 + $1.count }
    let positions = shapes?.size(naming.position, 1) ?? usualGrid * usualGrid + count
    let (inner, all) = (Self.side(positions - count), Self.side(positions))
    coversSpecial = inner != nil || all == nil
    grid = inner ?? all ?? usualGrid
  }

  /// How many special tokens there are.
  var before: Int { special.reduce(0) { $0 + $1.count } }
  var count: Int { grid * grid + before }

  /// The side of a square of so many patches; nil for what is none.
  private static func side(_ count: Int) -> Int? {
    guard count > 0 else { return nil }
    let side = Int(Double(count).squareRoot().rounded())
    return side * side == count && side < 256 ? side : nil
  }
}
