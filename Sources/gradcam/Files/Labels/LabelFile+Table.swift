import ModelFormats

extension LabelFile {
  /// What alone at the top of a column can be nothing but its heading; `text` and its like may be a class.
  private static let headings: Set = [
    "label", "labels", "name", "names", "class", "classes", "class_name", "class_names", "classname", "label_name",
    "label_names", "category", "categories", "category_name",
  ]

  /// A table with commas, semicolons or tabs whose heading names a column of indexes and one of names, or one of names alone, or whose rows
  /// all begin with their index.
  ///
  /// - Returns: nil for what is no such table.
  /// - Throws: `InputError` without a subject for a row that does not fit the heading.
  static func table(_ text: String) throws(InputError) -> [String]? {
    guard let separator = separator(text) ?? (isHeading(String(firstLine(text))) ? "," : nil) else { return nil }
    guard let rows = rows(text, separator) else {
      let fields = firstLine(text).split(separator: separator).map(String.init)
      if heading(fields) == nil && !fields.contains(where: isHeading) { return nil }
      throw InputError("", "has a quotation mark that is not closed", remedy: remedy)
    }
    guard let first = rows.first else { return nil }
    if let columns = heading(first.fields) { return try named(Array(rows.dropFirst()), columns) }
    if first.fields.contains(where: isHeading) { return try column(text, rows) }
    let isNumbered = rows.enumerated().allSatisfy { _, row in row.fields.count == 2 && Int(row.fields[0]) != nil }
    guard isNumbered, rows.count > 1 else { return nil }
    return try ClassNames.ordered(rows.map { (Int($0.fields[0]) ?? 0, $0.fields[1]) })
  }

  private static func isHeading(_ field: String) -> Bool { headings.contains(word(field)) }

  /// A heading's field as it is looked up.
  private static func word(_ field: String) -> String {
    String(field.trimmed.lowercased().map { $0 == " " || $0 == "-" ? "_" : $0 })
  }

  /// The names of a table without indexes: its rows are in their order.
  ///
  /// - Returns: nil where rows are not of the heading's length, but for one column: lines with commas stand below it.
  private static func column(_ text: String, _ rows: [Row]) throws(InputError) -> [String]? {
    guard rows.count > 1 else { throw InputError("", "has a heading and no rows", remedy: remedy) }
    // A row that were left out would shift all behind it.
    let lines = try lines(text)
    let fields = rows[0].fields
    let place = fields.firstIndex { isHeading($0) } ?? 0
    if rows.allSatisfy({ $0.fields.count == fields.count }) { return rows.dropFirst().map { $0.fields[place] } }
    return fields.count == 1 ? Array(lines.dropFirst()) : nil
  }

  private typealias Row = SeparatedRows.Row

  private static func firstLine(_ text: String) -> Substring { text.prefix { !$0.isNewline } }

  private static func separator(_ text: String) -> Character? {
    let line = firstLine(text)
    return [",", "\t", ";"].first(where: line.contains)
  }

  /// Where a heading has indexes and names; both words may mean either, so that rows decide.
  private static func heading(_ fields: [String]) -> (indexes: [Int], names: [Int])? {
    let words = fields.map(word)
    // pandas leaves the heading of its index empty.
    let indexes = words.indices.filter { ClassNames.indexWords.contains(words[$0]) || $0 == 0 && words[0].isEmpty }
    let names = words.indices.filter { ClassNames.nameWords.contains(words[$0]) }
    return Set(indexes + names).count > 1 && !indexes.isEmpty && !names.isEmpty ? (indexes, names) : nil
  }

  private static func named(
    _ rows: [Row], _ columns: (indexes: [Int], names: [Int])
  ) throws(InputError) -> [String] {
    let widest = (columns.indexes + columns.names).max() ?? 0
    if let short = rows.first(where: { $0.fields.count <= widest }) {
      throw InputError(
        "", "line \(short.line) has \(short.fields.count) field(s), fewer than the heading", remedy: remedy)
    }
    guard !rows.isEmpty else { throw InputError("", "has a heading and no rows", remedy: remedy) }
    let number = columns.indexes.first { column in rows.allSatisfy { Int($0.fields[column].trimmed) != nil } }
    guard let number, let name = columns.names.first(where: { $0 != number }) else {
      let column = columns.indexes[0]
      let bad = rows.first { Int($0.fields[column].trimmed) == nil } ?? rows[0]
      throw InputError("", "line \(bad.line): \(bad.fields[column].printable) is no class's index", remedy: remedy)
    }
    return try ClassNames.ordered(rows.map { (Int($0.fields[number].trimmed) ?? 0, $0.fields[name]) })
  }

  /// - Returns: nil where a quotation mark is not closed.
  private static func rows(_ text: String, _ separator: Character) -> [Row]? {
    var table = SeparatedRows(text, separator: separator.asciiValue)
    var rows: [Row] = []
    do { while let row = try table.next() { rows.append(row) } } catch { return nil }
    return rows
  }
}

extension String {
  fileprivate var trimmed: String {
    String(
      decoding: utf8.drop { $0 == 0x20 || $0 == 0x09 }.reversed().drop { $0 == 0x20 || $0 == 0x09 }.reversed(),
      as: UTF8.self)
  }
}
