/// Text below a picture, wrapped to its width.
struct Caption {
  /// What fits.
  let lines: [String]
  private let scale: Int

  private static let ink: [UInt8] = [32, 32, 32]
  /// - Parameters:
  ///   - texts: each begins a line.
  ///   - width: of the longest line, in pixels.
  ///   - scale: how many pixels one of the font takes.
  ///   - mostLines: a label may be of any length; lines beyond that are left out.
  init(_ texts: [String], width: Int, scale: Int, mostLines: Int = 8) {
    self.scale = scale
    let all = texts.flatMap { Self.wrapped($0) { PixelFont.width(of: $0, scale: scale) <= width } }
    lines = all.count <= mostLines ? all : all.prefix(mostLines - 1) + ["..."]
  }

  /// The picture on white with the caption below it, which begins `gap` pixels from the left and ends as far from the bottom.
  func drawn(below picture: Image, gap: Int) -> Image {
    guard !lines.isEmpty else { return picture }
    let height = lines.count * PixelFont.lineHeight * scale
    var result = Image(width: picture.width, height: picture.height + height, filledWith: [255, 255, 255])
    result.place(picture, x: 0, y: 0)
    for (index, line) in lines.enumerated() {
      let y = picture.height + index * PixelFont.lineHeight * scale
      PixelFont.draw(line, on: &result, x: gap, y: y, scale: scale, color: Self.ink)
    }
    return result
  }

  /// Lines of whole words that fit; a word that is too long for a line by itself is cut.
  private static func wrapped(_ text: String, where fits: (String) -> Bool) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ").map(String.init) {
      let longer = line.isEmpty ? word : "\(line) \(word)"
      if fits(longer) {
        line = longer
        continue
      }
      if !line.isEmpty { lines.append(line) }
      line = ""
      for character in word {
        if !line.isEmpty, !fits(line + String(character)) {
          lines.append(line)
          line = ""
        }
        line.append(character)
      }
    }
    return line.isEmpty ? lines : lines + [line]
  }
}
