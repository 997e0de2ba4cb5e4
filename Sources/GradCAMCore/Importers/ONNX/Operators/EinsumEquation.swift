import ModelFormats

/// Einstein's summation as NumPy's `einsum` writes it: which axes of several tensors are one index, and which the result keeps.
struct EinsumEquation {
  /// What an axis is called: a letter, or one of the axes that three dots stand for, counted from the last.
  enum Index: Hashable {
    case letter(UInt8)
    case dots(Int)
  }

  /// By input, the index along each axis.
  let inputs: [[Index]]
  let output: [Index]

  /// - Parameters:
  ///   - text: `bij,bjk->bik`; without an arrow, the result keeps what stands once, by the alphabet.
  ///   - ranks: of the inputs.
  init(_ text: String, ranks: [Int]) throws(InputError) {
    let problem = InputError("", "has an equation \(text.printable) that cannot be read for \(ranks.count) input(s)")
    let letters = text.utf8.filter { $0 != UInt8(ascii: " ") }
    let halves = Self.split(letters)
    guard let halves else { throw problem }
    let terms = halves.left.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard terms.count == ranks.count else { throw problem }
    var inputs: [[Index]] = []
    var mostDots = 0
    for (term, rank) in zip(terms, ranks) {
      guard let (before, after, hasDots) = Self.letters(term) else { throw problem }
      let dots = rank - before.count - after.count
      guard dots == 0 || hasDots && dots > 0 else {
        throw InputError("", "has an equation \(text.printable) for an input of \(rank) axes")
      }
      mostDots = max(mostDots, dots)
      inputs.append(before + Self.dots(dots) + after)
    }
    self.inputs = inputs
    if let right = halves.right {
      guard let (before, after, hasDots) = Self.letters(right) else { throw problem }
      output = before + (hasDots ? Self.dots(mostDots) : []) + after
    } else {
      var counts: [UInt8: Int] = [:]
      for case .letter(let letter) in inputs.joined() { counts[letter, default: 0] += 1 }
      output = Self.dots(mostDots) + counts.filter { $0.value == 1 }.keys.sorted().map { .letter($0) }
    }
    guard Set(output).count == output.count, Set(output).isSubset(of: inputs.joined()) else { throw problem }
  }

  private static func dots(_ count: Int) -> [Index] { (0..<count).reversed().map { .dots($0) } }

  /// What stands before and behind an arrow; nil where there are several, or half of one.
  private static func split(_ text: [UInt8]) -> (left: [UInt8], right: ArraySlice<UInt8>?)? {
    let arrow = [UInt8(ascii: "-"), UInt8(ascii: ">")]
    guard let start = text.firstIndex(where: { arrow.contains($0) }) else { return (text, nil) }
    guard text[start...].starts(with: arrow), !text[(start + 2)...].contains(where: { arrow.contains($0) }) else {
      return nil
    }
    return (Array(text[..<start]), text[(start + 2)...])
  }

  /// The letters before and behind three dots; nil where something else stands there.
  private static func letters(_ term: ArraySlice<UInt8>) -> (before: [Index], after: [Index], hasDots: Bool)? {
    let dot = UInt8(ascii: ".")
    func named(_ part: ArraySlice<UInt8>) -> [Index]? {
      let isLetter = { (byte: UInt8) in (65...90).contains(byte) || (97...122).contains(byte) }
      return part.allSatisfy(isLetter) ? part.map { .letter($0) } : nil
    }
    guard let start = term.firstIndex(of: dot) else { return named(term).map { ($0, [], false) } }
    guard term[start...].starts(with: [dot, dot, dot]), let before = named(term[..<start]),
      let after = named(term[(start + 3)...])
    else { return nil }
    return (before, after, true)
  }
}
