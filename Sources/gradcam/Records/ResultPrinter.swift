/// Prints what came of each image as the run goes: lines, a record a line, all records as one array, or a table.
struct ResultPrinter {
  private let format: ResultFormat
  private let usesErrors: Bool
  private var count = 0

  /// - Parameter usesErrors: whether lines go to standard error, since standard output holds a picture.
  init(format: ResultFormat, usesErrors: Bool = false) { (self.format, self.usesErrors) = (format, usesErrors) }

  /// Prints a record, written out before this returns.
  mutating func print(_ record: Record, on console: Console) throws {
    defer { count += 1 }
    switch format {
    case .text: try printLines(of: record, on: console)
    case .csv: try write((count == 0 ? CSVTable.header : "") + CSVTable.rows(of: record), on: console)
    // An array's line ends when it is known whether another follows.
    case .jsonArray: try write((count == 0 ? "[\n" : ",\n") + (try record.json()), on: console)
    case .jsonLines: try write(try record.json() + "\n", on: console)
    }
  }

  /// Ends the array. Not called, the output is visibly incomplete.
  func finish(on console: Console) throws(ConsoleError) {
    if format == .jsonArray { try console.print(count == 0 ? "[]" : "\n]") }
    if format == .csv, count == 0 { try write(CSVTable.header, on: console) }
  }

  private func write(_ text: String, on console: Console) throws(ConsoleError) { try console.write(Array(text.utf8)) }

  /// What failed has its line among the errors.
  private func printLines(of record: Record, on console: Console) throws(ConsoleError) {
    guard case .explained(let record) = record else { return }
    if usesErrors {
      console.note(ResultLines.lines(of: record, console.errorPalette))
    } else {
      try console.print(ResultLines.lines(of: record, console.outputPalette))
    }
  }
}
