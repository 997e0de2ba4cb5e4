/// Records as a table (RFC 4180): a row a map, and a row for an image that failed.
enum CSVTable {
  private static let columns = [
    "image", "width", "height", "class", "label", "probability", "method", "layer", "target", "target_label", "score",
    "map_min", "map_max", "verdict", "border", "entropy", "output", "heatmap", "milliseconds", "error", "kind",
    "mode", "against", "positive_share", "damaged", "activation", "activation_source",
  ]

  static let header = line(columns)

  static func rows(of record: Record) -> String {
    switch record {
    case .failed(let failure):
      let values = ["image": failure.image, "error": failure.error, "kind": failure.kind?.rawValue ?? ""]
      return line(columns.map { values[$0] ?? "" })
    case .explained(let record):
      return record.maps.map { line(cells(record, $0)) }.joined()
    }
  }

  private static func cells(_ record: ExplanationRecord, _ map: MapRecord) -> [String] {
    let best = record.prediction.first
    let image = [record.image, "\(record.width)", "\(record.height)"]
    let prediction = [best.map { "\($0.index)" } ?? "", best?.label ?? "", number(best?.probability)]
    let question = [map.method, map.layer, "\(map.target.index)", map.target.label ?? "", number(map.score)]
    let answer = [number(map.mapMin), number(map.mapMax), map.verdict, number(map.border), number(map.entropy)]
    let files = [map.output ?? "", map.heatmap ?? "", number(record.milliseconds)]
    let side = [map.mode, map.against?.name ?? "", number(map.positiveShare)]
    let about = [record.damaged == true ? "true" : "", record.activation ?? "", record.activationSource ?? ""]
    return image + prediction + question + answer + files + ["", ""] + side + about
  }

  /// Empty for what is no finite number, as JSON has null.
  private static func number(_ value: Float?) -> String { value.flatMap { $0.isFinite ? "\($0)" : nil } ?? "" }

  private static func line(_ cells: [String]) -> String { cells.map(quoted).joined(separator: ",") + "\r\n" }

  private static func quoted(_ cell: String) -> String {
    // "\r\n" is one Character, so that bytes are looked at.
    guard cell.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return cell }
    return "\"\(cell.replacing("\"", with: "\"\""))\""
  }
}
