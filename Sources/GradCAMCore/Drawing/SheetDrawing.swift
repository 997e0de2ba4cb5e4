import FoundationEssentials
import ModelFormats

/// A contact sheet as an SVG drawing.
struct SheetDrawing {
  private let sheet: ContactSheet
  private let texts: KeyValuePairs<String, String>
  private let layout: SheetLayout
  private let headings: [[String]]
  private let notes: [[[String]]]
  /// The size of letters.
  private let em: Double

  init(_ sheet: ContactSheet, texts: KeyValuePairs<String, String>) {
    (self.sheet, self.texts) = (sheet, texts)
    let em = 0.85 * Double(PixelFont.lineHeight * max(sheet.side / 224, 1))
    func wrapped(_ lines: [String], _ most: Int) -> [String] {
      let all = lines.flatMap { SVGText.wrapped($0, room: Double(sheet.side) / em) }
      return all.count <= most ? all : all.prefix(most - 1) + ["…"]
    }
    self.em = em
    headings = sheet.columns.map { wrapped([$0], SheetLayout.mostHeadings) }
    notes = sheet.rows.map { $0.map { wrapped($0.notes, SheetLayout.mostNotes) } }
    layout = SheetLayout(
      side: sheet.side, columns: sheet.columns.count, heading: headings.map(\.count).max() ?? 0,
      notes: notes.joined().map(\.count).max() ?? 0)
  }

  /// - Throws: `InputError` when memory runs out.
  func encoded() throws(InputError) -> [UInt8] {
    let size = layout.size(rows: sheet.rows.count)
    var text = """
      <?xml version="1.0" encoding="UTF-8"?>
      <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="\(size.width)" \
      height="\(size.height)" viewBox="0 0 \(size.width) \(size.height)">
      \(SVGMark.element)\n
      """
    for (key, value) in texts {
      text += "<entry xmlns=\"urn:gradcam\" key=\"\(XMLText.escaped(key))\">\(XMLText.escaped(value))</entry>\n"
    }
    text += "</metadata>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
    text += "<g font-family=\"sans-serif\" font-size=\"\(SVGText.number(em))\" fill=\"#202020\">\n"
    for (column, lines) in headings.enumerated() {
      text += self.text(lines, x: layout.x(column), y: layout.gap, weight: " font-weight=\"bold\"")
    }
    for (row, cells) in sheet.rows.enumerated() {
      for (column, cell) in cells.enumerated() {
        let (x, y) = (layout.x(column), layout.y(row))
        text += try picture(cell.picture, x: x, y: y)
        text += self.text(notes[row][column], x: x, y: y + sheet.side + layout.gap / 2)
      }
    }
    return Array((text + "</g>\n</svg>\n").utf8)
  }

  private func picture(_ picture: Image?, x: Int, y: Int) throws(InputError) -> String {
    guard let picture else {
      return "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(sheet.side)\" height=\"\(sheet.side)\" fill=\"#ececec\"/>\n"
    }
    let place = "x=\"\(x + (sheet.side - picture.width) / 2)\" y=\"\(y + (sheet.side - picture.height) / 2)\""
    let size = "width=\"\(picture.width)\" height=\"\(picture.height)\""
    let bytes = try JPEGEncoder.encode(picture, hasFineColors: true)
    return "<image \(place) \(size) xlink:href=\"data:image/jpeg;base64,\(Data(bytes).base64EncodedString())\"/>\n"
  }

  private func text(_ lines: [String], x: Int, y: Int, weight: String = "") -> String {
    lines.enumerated().map { index, line in
      let baseline = Double(y + index * layout.lineHeight) + 0.85 * em
      return "<text x=\"\(x)\" y=\"\(SVGText.number(baseline))\"\(weight)>\(XMLText.escaped(line))</text>\n"
    }.joined()
  }
}
