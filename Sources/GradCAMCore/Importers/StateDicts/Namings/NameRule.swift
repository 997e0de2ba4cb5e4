/// Where another library's names of tensors that begin alike lead.
struct NameRule: Sendable {
  /// A part of a name between its dots; a number may stand in it.
  private struct Part: Sendable {
    var before: String
    /// What follows the number; nil where there is none.
    var after: String?

    init(_ text: Substring) {
      let sides = text.split(separator: "#", omittingEmptySubsequences: false)
      (before, after) = (String(sides[0]), sides.count > 1 ? String(sides[1]) : nil)
    }

    /// Whether a part of a name is this one, and the number in it.
    func matches(_ part: Substring, _ numbers: inout [Int]) -> Bool {
      guard let after else { return part == before }
      guard part.utf8.starts(with: before.utf8) else { return false }
      let rest = part.utf8.dropFirst(before.utf8.count)
      let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      // No network has a number of more digits, and sums with it stay in range.
      guard digits.count <= 4, let number = Int(Substring(digits)) else { return false }
      numbers.append(number)
      return rest.dropFirst(digits.count).elementsEqual(after.utf8)
    }
  }

  /// Leaves names as they are.
  static let identity = NameRule("", "")

  private let pattern: [Part]
  private let name: @Sendable ([Int]) -> String?

  /// - Parameters:
  ///   - pattern: how the names begin, in whole parts, with `#` where a number stands: `encoder.stages.#.layers.#`.
  ///   - name: what stands here in place of that, by the numbers; nil where no tensor is called so.
  init(_ pattern: String, _ name: @escaping @Sendable ([Int]) -> String?) {
    self.pattern = pattern.split(separator: ".").map(Part.init)
    self.name = name
  }

  /// The same for names without numbers.
  init(_ pattern: String, _ name: String) { self.init(pattern) { _ in name } }

  /// - Parameter parts: of a name, between its dots.
  func name(of parts: [Substring]) -> String? {
    guard parts.count > pattern.count else { return nil }
    var numbers: [Int] = []
    for (expected, part) in zip(pattern, parts) where !expected.matches(part, &numbers) { return nil }
    guard let start = name(numbers) else { return nil }
    let rest = parts[pattern.count...].map(String.init)
    return (start.isEmpty ? rest : [start] + rest).joined(separator: ".")
  }
}
