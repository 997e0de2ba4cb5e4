/// Numbers and lines of text in SVG drawings.
enum SVGText {
  /// With two digits after the point, and no exponent.
  static func number(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let rest = hundredths % 100
    return rest == 0 ? "\(hundredths / 100)" : "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }

  /// About as wide as sans-serif letters come out: who draws them is not known here.
  private static func width(of character: Character) -> Double {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    if scalar.value >= 0x1100 { return 1.05 }
    return "il.,:;'|! ".unicodeScalars.contains(scalar) ? 0.35 : 0.62
  }

  /// A text's width, in letters' sizes.
  static func width(_ text: String) -> Double { text.reduce(0) { $0 + width(of: $1) } }

  /// Lines that fit into `room`, in letters' sizes, broken behind spaces where there are any; joined they are the text.
  static func wrapped(_ text: String, room: Double) -> [String] {
    var lines: [String] = []
    var line = ""
    var used = 0.0
    for character in text {
      used += width(of: character)
      if used > room, !line.isEmpty {
        let space = line.lastIndex(of: " ").map { line.index(after: $0) } ?? line.endIndex
        let rest = line[space...]
        lines.append(String(line[..<space]))
        line = String(rest)
        used = width(line) + width(of: character)
      }
      line.append(character)
    }
    return lines + [line]
  }
}
