import ModelFormats

extension LabelFile {
  private static let indexWords: Set<String> = [
    "index", "idx", "id", "class_id", "classid", "class_index", "class_idx", "label_id", "labelid", "label_index",
    "target",
    "number", "class", "label", "category_id",
  ]
  private static let nameWords: Set<String> = [
    "label", "name", "class", "class_name", "classname", "label_name", "category", "category_name", "description",
    "display_name", "text",
  ]

  /// A table with commas, semicolons or tabs whose heading names a column of indexes and one of names, or whose rows all begin with
  /// their index.
  ///
  /// - Returns: nil for what is no such table.
  /// - Throws: `InputError` without a subject for a row that does not fit the heading.
  static func table(_ text: String) throws(InputError) -> [String]? {
    guard let separator = separator(text) else { return nil }
    guard let rows = rows(text, separator) else {
      if heading(firstLine(text).split(separator: separator).map(String.init)) == nil { return nil }
      throw InputError("", "has a quotation mark that is not closed", remedy: remedy)
    }
    guard let first = rows.first else { return nil }
    if let columns = heading(first.fields) { return try named(Array(rows.dropFirst()), columns) }
    let isNumbered = rows.enumerated().allSatisfy { _, row in row.fields.count == 2 && Int(row.fields[0]) != nil }
    guard isNumbered, rows.count > 1 else { return nil }
    return try ordered(rows.map { (Int($0.fields[0]) ?? 0, $0.fields[1]) })
  }

  private struct Row {
    var fields: [String]
    /// The line that it begins in.
    var line: Int
  }

  private static func firstLine(_ text: String) -> Substring { text.prefix { !$0.isNewline } }

  private static func separator(_ text: String) -> Character? {
    let line = firstLine(text)
    return [",", "\t", ";"].first(where: line.contains)
  }

  /// Where a heading has indexes and names; both words may mean either, so that rows decide.
  private static func heading(_ fields: [String]) -> (indexes: [Int], names: [Int])? {
    let words = fields.map { $0.trimmed.lowercased().map { $0 == " " || $0 == "-" ? "_" : $0 } }.map { String($0) }
    let indexes = words.indices.filter { indexWords.contains(words[$0]) }
    let names = words.indices.filter { nameWords.contains(words[$0]) }
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
    return try ordered(rows.map { (Int($0.fields[number].trimmed) ?? 0, $0.fields[name]) })
  }

  /// The rows of RFC 4180: a field may stand in quotation marks, which are doubled inside, and then hold anything. Blank lines are none.
  ///
  /// - Returns: nil where a quotation mark is not closed.
  private static func rows(_ text: String, _ separator: Character) -> [Row]? {
    guard let separator = separator.asciiValue else { return nil }
    var rows: [Row] = []
    var (fields, field, line, start) = ([String](), [UInt8](), 1, 1)
    var (isQuoted, wasQuoted) = (false, false)
    let (quote, feed) = (UInt8(ascii: "\""), UInt8(ascii: "\n"))
    func endField() {
      fields.append(String(decoding: field, as: UTF8.self))
      (field, wasQuoted) = ([], false)
    }
    func endRow() {
      if field.last == UInt8(ascii: "\r"), !wasQuoted { field.removeLast() }
      endField()
      if fields != [""] { rows.append(Row(fields: fields, line: start)) }
      fields = []
    }
    for byte in text.utf8 {
      if byte == feed { line += 1 }
      switch byte {
      case quote where isQuoted: (isQuoted, wasQuoted) = (false, true)
      case quote where wasQuoted:
        field.append(quote)
        (isQuoted, wasQuoted) = (true, false)
      case quote where field.isEmpty: isQuoted = true
      case _ where isQuoted: field.append(byte)
      case separator: endField()
      case feed:
        endRow()
        start = line
      case UInt8(ascii: "\r") where wasQuoted: break
      default: field.append(byte)
      }
    }
    if isQuoted { return nil }
    endRow()
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
