/// Records as a table (RFC 4180): a row a map, and a row for an image that failed.
///
/// Spreadsheets take a text for a formula by how it begins, and names of files and classes come from anywhere: such a text gets an
/// apostrophe before it. The table's own numbers stay as they are.
enum CSVTable {
  enum Cell {
    case number(String)
    case text(String)

    /// Nothing, where there is no text.
    static func optional(_ text: String?) -> Cell { .text(text ?? "") }
  }

  private static let columns = [
    "image", "width", "height", "class", "label", "probability", "method", "layer", "target", "target_label", "score",
    "map_min", "map_max", "verdict", "border", "entropy", "output", "heatmap", "milliseconds", "error", "kind",
    "mode", "against", "positive_share", "damaged", "activation", "activation_source",
  ]

  static let header = line(columns.map(Cell.text))

  static func rows(of record: Record) -> String {
    switch record {
    case .failed(let failure):
      let values = ["image": failure.image, "error": failure.error, "kind": failure.kind?.rawValue ?? ""]
      return line(columns.map { .optional(values[$0]) })
    case .explained(let record):
      return record.maps.map { line(cells(record, $0)) }.joined()
    }
  }

  private static func cells(_ record: ExplanationRecord, _ map: MapRecord) -> [Cell] {
    let best = record.prediction.first
    let image: [Cell] = [.text(record.image), number(record.width), number(record.height)]
    let prediction: [Cell] = [number(best?.index), .optional(best?.label), number(best?.probability)]
    let question: [Cell] = [
      .text(map.method), .text(map.layer), number(map.target.index), .optional(map.target.label), number(map.score),
    ]
    let answer: [Cell] = [
      number(map.mapMin), number(map.mapMax), .text(map.verdict), number(map.border), number(map.entropy),
    ]
    let files: [Cell] = [.optional(map.output), .optional(map.heatmap), number(record.milliseconds)]
    let error: [Cell] = [.text(""), .text("")]
    let side: [Cell] = [.text(map.mode), .optional(map.against?.name), number(map.positiveShare)]
    let about: [Cell] = [
      .text(record.damaged == true ? "true" : ""), .optional(record.activation), .optional(record.activationSource),
    ]
    return image + prediction + question + answer + files + error + side + about
  }

  /// Empty for what is no finite number, as JSON has null.
  private static func number(_ value: Float?) -> Cell {
    .number(value.flatMap { $0.isFinite ? "\($0)" : nil } ?? "")
  }

  private static func number(_ value: Int?) -> Cell { .number(value.map { "\($0)" } ?? "") }

  /// One row of a table.
  static func line(_ cells: [Cell]) -> String {
    let written = cells.map { cell in
      switch cell {
      case .number(let text): text
      case .text(let text): quoted(guarded(text))
      }
    }
    return written.joined(separator: ",") + "\r\n"
  }

  /// What begins a formula, in letters of full width too; and what spreadsheets pass over before one.
  private static let signs: Set<Unicode.Scalar> = [
    "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}",
  ]

  private static func guarded(_ text: String) -> String {
    guard let first = text.unicodeScalars.first, signs.contains(first) else { return text }
    return "'" + text
  }

  private static func quoted(_ cell: String) -> String {
    // "\r\n" is one Character, so that bytes are looked at.
    guard cell.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return cell }
    return "\"\(cell.replacing("\"", with: "\"\""))\""
  }
}
