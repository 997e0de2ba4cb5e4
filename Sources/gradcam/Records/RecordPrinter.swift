/// Prints records as the run goes: one a line, all as one array, or a table.
struct RecordPrinter {
  private let format: ResultFormat
  private var count = 0

  init(format: ResultFormat) { self.format = format }

  /// Prints a record, written out before this returns.
  mutating func print(_ record: Record, on console: Console) throws {
    let text =
      switch format {
      case .csv: (count == 0 ? CSVTable.header : "") + CSVTable.rows(of: record)
      // An array's line ends when it is known whether another follows.
      case .jsonArray: (count == 0 ? "[\n" : ",\n") + (try record.json())
      case .jsonLines, .text: try record.json() + "\n"
      }
    count += 1
    try console.write(Array(text.utf8))
  }

  /// Ends the array. Not called, the output is visibly incomplete.
  func finish(on console: Console) throws(ConsoleError) {
    if format == .jsonArray { try console.print(count == 0 ? "[]" : "\n]") }
    if format == .csv, count == 0 { try console.write(Array(CSVTable.header.utf8)) }
  }
}
