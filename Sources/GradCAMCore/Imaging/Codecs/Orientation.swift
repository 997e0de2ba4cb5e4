extension Image {
  /// The picture turned upright: EXIF's orientations 1…8, as PIL's `ImageOps.exif_transpose` applies them.
  ///
  /// Any other value leaves the picture as it is.
  func oriented(_ orientation: Int) -> Image {
    let (w, h) = (width, height)
    // Where in the source the result's first pixel lies, and the steps there to the next column and the next row.
    let walk: (origin: Int, column: Int, row: Int)
    switch orientation {
    case 2: walk = (w - 1, -1, w)
    case 3: walk = (w * h - 1, -1, -w)
    case 4: walk = (w * (h - 1), 1, -w)
    case 5: walk = (0, w, 1)
    case 6: walk = (w * (h - 1), -w, 1)
    case 7: walk = (w * h - 1, -w, -1)
    case 8: walk = (w - 1, w, -1)
    default: return self
    }
    let swapped = orientation >= 5
    return rearranged(width: swapped ? h : w, height: swapped ? w : h, walk)
  }

  private func rearranged(width: Int, height: Int, _ walk: (origin: Int, column: Int, row: Int)) -> Image {
    // Columns in strips, so that the source rows that a strip reads stay in the cache from one row to the next.
    let strip = 64
    return samples.withUnsafeBufferPointer { source in
      Image(width: width, height: height, channels: channels) { target in
        for left in stride(from: 0, to: width, by: strip) {
          for y in 0..<height {
            var from = (walk.origin + y * walk.row + left * walk.column) * channels
            var to = (y * width + left) * channels
            for _ in left..<min(left + strip, width) {
              for channel in 0..<channels { target[to + channel] = source[from + channel] }
              from += walk.column * channels
              to += channels
            }
          }
        }
      }
    }
  }
}
