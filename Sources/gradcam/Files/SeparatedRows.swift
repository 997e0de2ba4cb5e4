import ModelFormats

/// The rows of a table in text: fields between commas, tabs or semicolons, whichever the first line has (RFC 4180).
///
/// A field may stand in quotation marks, which are doubled inside; it then holds separators and line ends as they are.
/// Fields keep their blanks.
struct SeparatedRows {
  struct Row {
    var fields: [String]
    /// The line that it begins on, from 1.
    let line: Int
  }

  private let bytes: [UInt8]
  private let separator: UInt8
  private var place = 0
  private var line = 1

  private static let quote = UInt8(ascii: "\"")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  /// - Parameter separator: what stands between fields; nil for what the first line has.
  init(_ text: String, separator: UInt8? = nil) {
    // As bytes: "\r\n" is one Character.
    bytes = Array(text.utf8)
    let start = bytes.prefix { $0 != Self.lineFeed }
    let separators = [UInt8(ascii: ","), UInt8(ascii: "\t"), UInt8(ascii: ";")]
    self.separator = separator ?? separators.first(where: start.contains) ?? separators[0]
  }

  /// The next row that is not blank; nil at the end.
  ///
  /// - Throws: `InputError` without a subject, naming the line, where a quotation mark is not closed or is followed by text.
  mutating func next() throws(InputError) -> Row? {
    while place < bytes.count {
      let start = line
      let fields = try row()
      if fields.count > 1 || !fields[0].trimmingBlanks.isEmpty { return Row(fields: fields, line: start) }
    }
    return nil
  }

  private mutating func row() throws(InputError) -> [String] {
    var fields: [String] = []
    while true {
      fields.append(try field())
      guard place < bytes.count else { return fields }
      let end = bytes[place]
      place += 1
      guard end == Self.lineFeed else { continue }
      line += 1
      return fields
    }
  }

  /// A field, up to what ends it.
  private mutating func field() throws(InputError) -> String {
    let start = bytes[place...].firstIndex { !isBlank($0) } ?? bytes.count
    if start < bytes.count, bytes[start] == Self.quote {
      place = start + 1
      return try quotedField()
    }
    let end = bytes[place...].firstIndex { $0 == separator || $0 == Self.lineFeed } ?? bytes.count
    var field = bytes[place..<end]
    if field.last == Self.carriageReturn, end == bytes.count || bytes[end] == Self.lineFeed { field.removeLast() }
    place = end
    return String(decoding: field, as: UTF8.self)
  }

  /// The rest of a field behind its first quotation mark.
  private mutating func quotedField() throws(InputError) -> String {
    let start = line
    var field: [UInt8] = []
    while true {
      guard place < bytes.count else {
        throw InputError(
          "", "line \(start) opens a quotation mark that nothing closes", remedy: "\"\" for a mark inside")
      }
      let byte = bytes[place]
      place += 1
      if byte == Self.lineFeed { line += 1 }
      if byte != Self.quote {
        field.append(byte)
      } else if place < bytes.count, bytes[place] == Self.quote {
        field.append(byte)
        place += 1
      } else {
        break
      }
    }
    while place < bytes.count, isBlank(bytes[place]) || bytes[place] == Self.carriageReturn { place += 1 }
    guard place == bytes.count || bytes[place] == separator || bytes[place] == Self.lineFeed else {
      throw InputError(
        "", "line \(line) has text behind a quotation mark that closes", remedy: "\"\" for a mark inside")
    }
    return String(decoding: field, as: UTF8.self)
  }

  private func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") && byte != separator
  }
}

extension String {
  /// Without blanks at both ends.
  var trimmingBlanks: String {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }
    guard utf8.first.map(isBlank) == true || utf8.last.map(isBlank) == true else { return self }
    return String(decoding: utf8.drop(while: isBlank).reversed().drop(while: isBlank).reversed(), as: UTF8.self)
  }
}

/// What headings of tables call their columns, in lower case.
enum TableWords {
  static let images: Set = ["image", "file", "filename", "file_name", "path", "image_id", "patientid"]
  static let classes: Set = ["class", "label", "category", "class_name", "name"]
}
