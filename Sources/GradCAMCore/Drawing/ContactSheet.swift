public import ModelFormats

/// Pictures in rows and columns, each with lines of text below it, and a heading over each column: a figure for a paper or a review.
///
/// Headings and notes are wrapped to a cell's width. A heading has two lines at most and a note three; the rest is left out.
public struct ContactSheet: Sendable {
  /// A place of the sheet.
  public struct Cell: Sendable {
    /// What is shown, gray or RGB, scaled to fit; nil for an empty frame.
    public var picture: Image?
    /// What stands below it.
    public var notes: [String]

    /// A cell with a picture and notes.
    public init(_ picture: Image?, notes: [String] = []) { (self.picture, self.notes) = (picture, notes) }
  }

  /// The headings, one a column.
  public let columns: [String]
  /// The longest side of a picture, in pixels.
  public let side: Int
  /// From the first on; each has as many cells as there are columns.
  public private(set) var rows: [[Cell]] = []

  /// The most pixels that a sheet may have.
  public static let mostPixels = 50_000_000

  /// An empty sheet.
  public init(columns: [String], side: Int) { (self.columns, self.side) = (columns, side) }

  /// The size of a sheet, at most: with all lines of all headings and notes.
  public static func size(columns: Int, rows: Int, side: Int) -> ImageSize {
    let layout = SheetLayout(
      side: side, columns: columns, heading: SheetLayout.mostHeadings, notes: SheetLayout.mostNotes)
    return layout.size(rows: rows)
  }

  /// Adds a row at the bottom.
  ///
  /// - Precondition: a cell a column.
  public mutating func add(_ row: [Cell]) {
    precondition(row.count == columns.count, "\(row.count) cells for \(columns.count) columns")
    rows.append(row.map { Cell($0.picture.map(fitted), notes: $0.notes) })
  }

  private func fitted(_ picture: Image) -> Image {
    let scale = Double(side) / Double(max(picture.width, picture.height))
    guard scale != 1 else { return picture }
    func length(_ value: Int) -> Int { max(Int((Double(value) * scale).rounded()), 1) }
    return picture.resized(width: length(picture.width), height: length(picture.height))
  }

  // MARK: - PNG and JPEG

  /// The sheet as one picture on white, RGB. Letters beyond ASCII become boxes.
  public func drawn() -> Image {
    let scale = max(side / 224, 1)
    func wrapped(_ lines: [String], _ most: Int) -> [String] {
      Caption(lines, width: side, scale: scale, mostLines: most).lines
    }
    let headings = columns.map { wrapped([$0], SheetLayout.mostHeadings) }
    let notes = rows.map { $0.map { wrapped($0.notes, SheetLayout.mostNotes) } }
    let layout = SheetLayout(
      side: side, columns: columns.count, heading: headings.map(\.count).max() ?? 0,
      notes: notes.joined().map(\.count).max() ?? 0)
    let size = layout.size(rows: rows.count)
    var sheet = Image(width: size.width, height: size.height, filledWith: [255, 255, 255])
    for (column, lines) in headings.enumerated() {
      layout.draw(lines, on: &sheet, x: layout.x(column), y: layout.gap, scale)
    }
    for (row, cells) in rows.enumerated() {
      for (column, cell) in cells.enumerated() {
        let (x, y) = (layout.x(column), layout.y(row))
        if let picture = cell.picture?.convertedToRGB() {
          sheet.place(picture, x: x + (side - picture.width) / 2, y: y + (side - picture.height) / 2)
        } else {
          sheet.fill(x: x, y: y, width: side, height: side, with: SheetLayout.empty)
        }
        layout.draw(notes[row][column], on: &sheet, x: x, y: y + side + layout.gap / 2, scale)
      }
    }
    return sheet
  }

  // MARK: - SVG

  /// The sheet as an SVG drawing in UTF-8, with text as text and pictures as JPEG in `data:` URLs. Nothing is loaded.
  ///
  /// - Parameter texts: what the drawing's `metadata` element says, for programs.
  /// - Throws: `InputError` when memory runs out.
  public func svg(texts: KeyValuePairs<String, String> = [:]) throws(InputError) -> [UInt8] {
    try SheetDrawing(self, texts: texts).encoded()
  }
}
