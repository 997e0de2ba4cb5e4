extension Image {
  /// Fills a rectangle; what lies outside the picture is left out.
  mutating func fill(x: Int, y: Int, width: Int, height: Int, with color: [UInt8]) {
    let columns = max(x, 0)..<max(min(x + width, self.width), max(x, 0))
    for row in max(y, 0)..<max(min(y + height, self.height), max(y, 0)) {
      for column in columns {
        let start = (row * self.width + column) * channels
        for channel in 0..<channels { samples[start + channel] = color[channel] }
      }
    }
  }

  /// Pictures side by side on white, centred in height, with margins around and between them.
  static func row(of pictures: [Image], gap: Int) -> Image {
    let width = pictures.map(\.width).reduce(gap) { $0 + $1 + gap }
    let height = (pictures.map(\.height).max() ?? 0) + 2 * gap
    var result = Image(width: width, height: height, filledWith: [255, 255, 255])
    var x = gap
    for picture in pictures {
      result.place(picture.convertedToRGB(), x: x, y: (height - picture.height) / 2)
      x += picture.width + gap
    }
    return result
  }

  /// Every pixel a square of `factor` × `factor`.
  func enlarged(by factor: Int) -> Image {
    if factor <= 1 { return self }
    return resized(width: width * factor, height: height * factor, interpolation: .nearest)
  }
}
