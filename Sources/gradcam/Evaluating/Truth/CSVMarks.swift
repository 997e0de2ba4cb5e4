import GradCAMCore
import ModelFormats

/// Boxes of a table: a row a box, its heading `image,x,y,width,height` or `image,xmin,ymin,xmax,ymax` in any order, with a column `class` or
/// without. A row whose box is empty names an image that has none.
enum CSVMarks {
  private static let remedy: Message =
    "a heading image,x,y,width,height or image,xmin,ymin,xmax,ymax, and class where there are several"

  /// - Throws: `InputError` without a subject that names the line.
  static func read(_ text: String) throws(InputError) -> MarkTable {
    var (rows, table) = (SeparatedRows(text), MarkTable())
    guard let heading = try rows.next(), let columns = Columns(heading.fields) else {
      throw InputError("", "is no table of boxes", remedy: remedy)
    }
    while let row = try rows.next() {
      do throws(InputError) {
        guard row.fields.count > columns.widest else { throw InputError("", "has fewer fields than the heading") }
        try add(row.fields.map(\.trimmingBlanks), columns, to: &table)
      } catch { throw InputError("", "line \(row.line) \(error.problem)", remedy: error.remedy) }
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
      let words = heading.map { $0.trimmingBlanks.lowercased() }
      func places(_ names: [String]) -> [Int]? {
        let places = names.compactMap { words.firstIndex(of: $0) }
        return places.count == names.count ? places : nil
      }
      let sides = places(["x", "y", "width", "height"]) ?? places(["x", "y", "w", "h"])
      guard let image = words.firstIndex(where: TableWords.images.contains),
        let box = sides ?? places(["xmin", "ymin", "xmax", "ymax"]) ?? places(["x_min", "y_min", "x_max", "y_max"])
      else { return nil }
      (self.image, self.box, hasCorners) = (image, box, sides == nil)
      name = words.indices.first { $0 != image && TableWords.classes.contains(words[$0]) }
      widest = ([image] + box + (name.map { [$0] } ?? [])).max() ?? 0
    }
  }
}
