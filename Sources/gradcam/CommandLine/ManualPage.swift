/// The manual page, gradcam(1), in the language of man's macros.
enum ManualPage {
  static let text: [String] =
    [
      #".\" As `gradcam man` prints it."#,
      ".TH GRADCAM 1 \"\" \"gradcam \(Version.number)\" \"User Commands\"",
      ".SH NAME", "gradcam \\- show where in an image a classifier\\(aqs answer came from",
      ".SH SYNOPSIS", bold("gradcam") + " \\fICOMMAND\\fR [\\fIOPTIONS\\fR] [\\fIOPERANDS\\fR]",
      ".SH DESCRIPTION", escaped(purpose), ".SH COMMANDS",
    ] + CommandTable.shown.flatMap { entry(bold($0.name), $0.summary) }
    + CommandTable.shown.flatMap(section)
    + [".SH ENVIRONMENT"] + environment.flatMap { entry(bold($0.name), $0.meaning) }

  private static let purpose =
    "Runs an image classifier on images, asks where in each the answer came from, and writes the image with a map of it "
    + "drawn over. Results go to standard output, everything else to standard error. Files appear whole or not at all."

  private static let environment = [
    (name: "NO_COLOR", meaning: "anything in it keeps colours off the terminal"),
    (name: "TERM", meaning: "dumb, or nothing, does so too"),
  ]

  private static func section(_ command: Command) -> [String] {
    let name = "gradcam \(command.name)"
    var lines = [
      ".SH \"\(escaped(name.uppercased()))\"",
      bold(name) + (command.operands.isEmpty ? "" : " ") + escaped(command.operands),
    ]
    for note in command.notes { lines += [".PP", escaped(note)] }
    let flags = Flag.table(of: command)
    for category in Flag.Category.allCases {
      let entries = flags.filter { $0.category == category }.flatMap { entry(names(of: $0), $0.help) }
      if !entries.isEmpty { lines += [".SS \(category.rawValue)"] + entries }
    }
    lines += [".SS \"Exit status\""] + command.exitStatuses.flatMap { entry(bold($0.status), $0.meaning) }
    return lines + [".SS Examples", ".nf"] + command.examples.map(escaped) + [".fi"]
  }

  /// A term and, indented below it, what it means.
  private static func entry(_ term: String, _ meaning: String) -> [String] { [".TP", term, escaped(meaning)] }

  /// `-o, --output FILE`.
  private static func names(of flag: Flag) -> String {
    let value = flag.value.placeholder.map { " \\fI\(escaped($0))\\fR" } ?? ""
    return flag.spellings.map(bold).joined(separator: ", ") + value
  }

  private static func bold(_ text: String) -> String { "\\fB\(escaped(text))\\fR" }

  /// Text as it is: nothing in it means anything to troff, and hyphens stay what can be pasted into a shell.
  static func escaped(_ text: String) -> String {
    let characters = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\\": "\\e"
      case "-": "\\-"
      case "'": "\\(aq"
      case "\"": "\\(dq"
      case "^": "\\(ha"
      case "~": "\\(ti"
      case "`": "\\(ga"
      case "\u{A0}": "\\~"
      default: scalar.isASCII ? String(scalar) : "\\[u\(hexadecimal(scalar))]"
      }
    }.joined()
    return characters.hasPrefix(".") ? "\\&" + characters : characters
  }

  /// At least four digits, as groff has its characters' names.
  private static func hexadecimal(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
