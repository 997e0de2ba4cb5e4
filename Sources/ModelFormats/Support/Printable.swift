extension String {
  /// The string as an error line can show it: a name out of a file may be of any length and control a terminal.
  public var printable: String {
    var shown = ""
    for scalar in unicodeScalars.prefix(120) {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: shown += scalar.escaped(asASCII: true)
      default: shown.unicodeScalars.append(scalar)
      }
    }
    return unicodeScalars.count > 120 ? shown + "…" : shown
  }

  /// The beginning of the string as a line can show it that has room for several names.
  ///
  /// - Parameter limit: the most bytes of it.
  package func brief(_ limit: Int = 40) -> String { printable.clipped(to: limit) }

  /// The text, or its beginning and its end where it has more than `limit` characters: what stands in a file may be of any length.
  ///
  /// - Parameter limit: as many as a path may have, where nothing else is said.
  public func shortened(to limit: Int = 4096) -> String {
    // A text has no more characters than bytes.
    guard utf8.count > limit, unicodeScalars.count > limit else { return self }
    let (head, tail) = (String(unicodeScalars.prefix(120)), String(unicodeScalars.suffix(40)))
    return "\(head)… (\(unicodeScalars.count) characters) …\(tail)"
  }
}
