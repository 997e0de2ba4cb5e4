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
}
