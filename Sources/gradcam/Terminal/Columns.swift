import ModelFormats

/// Rows of cells as lines, each column as wide as its longest cell and two spaces from the next. Control characters
/// are spelled out, and what is longer than a path is cut.
func alignedColumns(_ rows: [[String]]) -> [String] {
  let rows = rows.map { $0.map { printable($0.shortened()) } }
  var widths: [Int] = []
  for row in rows {
    for (index, cell) in row.enumerated() {
      if index == widths.count { widths.append(0) }
      widths[index] = max(widths[index], cell.count)
    }
  }
  return rows.map { row in
    zip(row, widths).enumerated().map { index, cell in
      let (text, width) = cell
      return index == row.count - 1 ? text : text + String(repeating: " ", count: width - text.count + 2)
    }.joined()
  }
}
