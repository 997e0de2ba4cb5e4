/// Text inside XML.
enum XMLText {
  /// The text as an element or an attribute between quotation marks may hold it. XML 1.0 (section 2.2) has no way to write most
  /// control characters, nor U+FFFE and U+FFFF: U+FFFD takes their place.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\t", "\n", "\r": result += "&#\(scalar.value);"
      case "\u{0}"..<" ", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
