import GradCAMCore
import ModelFormats

/// Boxes of a table: a row a box, its heading `image,x,y,width,height` or `image,xmin,ymin,xmax,ymax` in any order, with a column `class` or
/// without. A row whose box is empty names an image that has none.
enum CSVMarks {
  private static let images: Set = ["image", "file", "filename", "file_name", "path", "image_id", "patientid"]
  private static let classes: Set = ["class", "label", "category", "class_name", "name"]
  private static let remedy: Message =
    "a heading image,x,y,width,height or image,xmin,ymin,xmax,ymax, and class where there are several"

  /// - Throws: `InputError` without a subject that names the line.
  static func read(_ text: String) throws(InputError) -> MarkTable {
    // As bytes: "\r\n" is one Character.
    var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).makeIterator()
    let start = lines.next().map(Array.init) ?? []
    let separator = [UInt8(ascii: ","), UInt8(ascii: "\t"), UInt8(ascii: ";")].first(where: start.contains)
    guard let separator, let heading = fields(start, separator), let columns = Columns(heading) else {
      throw InputError("", "is no table of boxes", remedy: remedy)
    }
    var (table, number) = (MarkTable(), 1)
    while let line = lines.next() {
      number += 1
      if line.allSatisfy({ " \t\r".utf8.contains($0) }) { continue }
      do throws(InputError) {
        guard let row = fields(Array(line), separator), row.count > columns.widest else {
          throw InputError("", "has fewer fields than the heading, or a quotation mark that is not closed")
        }
        try add(row, columns, to: &table)
      } catch { throw InputError("", "line \(number) \(error.problem)", remedy: error.remedy) }
    }
    return table
  }

  private static func add(_ row: [String], _ columns: Columns, to table: inout MarkTable) throws(InputError) {
    guard !row[columns.image].isEmpty else { throw InputError("", "names no image") }
    let place = table.place(of: row[columns.image])
    let texts = columns.box.map { row[$0] }
    if texts.allSatisfy(\.isEmpty) { return }
    let numbers = texts.compactMap { text in
      text.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) } ? Double(text) : nil
    }
    guard numbers.count == 4 else {
      throw InputError("", "has a box that is no four numbers", remedy: "pixels, as in 10,20,30,40")
    }
    let (width, height) =
      columns.hasCorners ? (numbers[2] - numbers[0], numbers[3] - numbers[1]) : (numbers[2], numbers[3])
    let word = columns.name.flatMap { row[$0].isEmpty ? nil : table.word(row[$0]) }
    try table.add(TruthBox(x: numbers[0], y: numbers[1], width: width, height: height), word: word, to: place)
  }

  /// Where a heading has what.
  private struct Columns {
    let image: Int
    let box: [Int]
    let hasCorners: Bool
    let name: Int?
    let widest: Int

    init?(_ heading: [String]) {
      let words = heading.map { $0.lowercased() }
      func places(_ names: [String]) -> [Int]? {
        let places = names.compactMap { words.firstIndex(of: $0) }
        return places.count == names.count ? places : nil
      }
      let sides = places(["x", "y", "width", "height"]) ?? places(["x", "y", "w", "h"])
      guard let image = words.firstIndex(where: images.contains),
        let box = sides ?? places(["xmin", "ymin", "xmax", "ymax"]) ?? places(["x_min", "y_min", "x_max", "y_max"])
      else { return nil }
      (self.image, self.box, hasCorners) = (image, box, sides == nil)
      name = words.indices.first { $0 != image && classes.contains(words[$0]) }
      widest = ([image] + box + (name.map { [$0] } ?? [])).max() ?? 0
    }
  }

  /// A line's fields without blanks around them; a field may stand in quotation marks, which are doubled inside.
  ///
  /// - Returns: nil where a quotation mark is not closed.
  private static func fields(_ line: [UInt8], _ separator: UInt8) -> [String]? {
    let quote = UInt8(ascii: "\"")
    var (fields, field, isQuoted) = ([String](), [UInt8](), false)
    func end() {
      let blank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }
      fields.append(String(decoding: field.drop(while: blank).reversed().drop(while: blank).reversed(), as: UTF8.self))
      field = []
    }
    var place = 0
    while place < line.count {
      let byte = line[place]
      if byte == quote, isQuoted, place + 1 < line.count, line[place + 1] == quote {
        field.append(quote)
        place += 1
      } else if byte == quote {
        isQuoted.toggle()
      } else if byte == separator, !isQuoted {
        end()
      } else {
        field.append(byte)
      }
      place += 1
    }
    end()
    return isQuoted ? nil : fields
  }
}
