/// Where the cells of a contact sheet lie, in pixels.
struct SheetLayout {
  let side, columns: Int
  /// Lines over the columns, and below each row of pictures.
  let heading, notes: Int

  static let mostHeadings = 2
  static let mostNotes = 3
  static let ink: [UInt8] = [32, 32, 32]
  /// A cell without a picture.
  static let empty: [UInt8] = [236, 236, 236]

  var gap: Int { max(side / 20, 6) }
  /// From one line's top to the next line's.
  var lineHeight: Int { PixelFont.lineHeight * max(side / 224, 1) }
  private var top: Int { heading > 0 ? 2 * gap + heading * lineHeight : gap }
  private var rowHeight: Int { side + notes * lineHeight + (notes > 0 ? gap / 2 : 0) + gap }

  func x(_ column: Int) -> Int { gap + column * (side + gap) }
  func y(_ row: Int) -> Int { top + row * rowHeight }
  func size(rows: Int) -> ImageSize { ImageSize(width: x(columns), height: y(rows)) }

  func draw(_ lines: [String], on sheet: inout Image, x: Int, y: Int, _ scale: Int) {
    for (index, line) in lines.enumerated() {
      PixelFont.draw(line, on: &sheet, x: x, y: y + index * lineHeight, scale: scale, color: Self.ink)
    }
  }
}
