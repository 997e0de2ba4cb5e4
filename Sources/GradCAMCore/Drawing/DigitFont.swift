/// Digits, a point and a minus sign as bitmaps of 5 × 7 pixels, for the labels of a scale.
enum DigitFont {
  static let height = 7
  /// Empty columns between two characters.
  private static let spacing = 1

  /// The characters side by side, `#` for ink; the point is narrower than the digits.
  private static let sheet = """
    .###. ..#.. .###. ##### ...#. ##### ..##. ##### .###. .###. .. .....
    #...# .##.. #...# ...#. ..##. #.... .#... ....# #...# #...# .. .....
    #..## ..#.. ....# ..#.. .#.#. ####. #.... ...#. #...# #...# .. .....
    #.#.# ..#.. ...#. ...#. #..#. ....# ####. ..#.. .###. .#### .. #####
    ##..# ..#.. ..#.. ....# ##### ....# #...# .#... #...# ....# .. .....
    #...# ..#.. .#... #...# ...#. #...# #...# .#... #...# ...#. ## .....
    .###. .###. ##### .###. ...#. .###. .###. .#... .###. .##.. ## .....
    """

  /// Rows of a character.
  private static let glyphs: [Character: [Substring]] = {
    let rows = sheet.split(separator: "\n").map { $0.split(separator: " ") }
    let columns = "0123456789.-".enumerated().map { index, character in (character, rows.map { $0[index] }) }
    return Dictionary(uniqueKeysWithValues: columns)
  }()

  /// The width of a text in pixels; characters that the font lacks are left out.
  static func width(of text: String, scale: Int) -> Int {
    let columns = text.compactMap { glyphs[$0]?.first?.count }
    return max(columns.reduce(0, +) + (columns.count - 1) * spacing, 0) * scale
  }

  /// Draws a text with its upper left corner at (`x`, `y`), each pixel of the font `scale` pixels large.
  static func draw(_ text: String, on image: inout Image, x: Int, y: Int, scale: Int, color: [UInt8]) {
    var left = x
    for rows in text.compactMap({ glyphs[$0] }) {
      for (row, line) in rows.enumerated() {
        for (column, mark) in line.enumerated() where mark == "#" {
          image.fill(x: left + column * scale, y: y + row * scale, width: scale, height: scale, with: color)
        }
      }
      left += (rows[0].count + spacing) * scale
    }
  }
}
