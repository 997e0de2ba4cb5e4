extension Image {
  /// The picture turned upright: EXIF's orientations 1…8, as PIL's `ImageOps.exif_transpose` applies them.
  ///
  /// Any other value leaves the picture as it is.
  func oriented(_ orientation: Int) -> Image {
    guard let turn = OrientationWalk(orientation, width: width, height: height) else { return self }
    return Image(
      width: turn.width, height: turn.height, channels: channels,
      samples: turn.rearranged(samples, channels: channels))
  }
}

/// A walk over a picture's pixels that gives them in another orientation.
struct OrientationWalk {
  /// Of the result.
  let width, height: Int
  /// Where in the source the result's first pixel lies, and the steps there to the next column and the next row.
  private let walk: (origin: Int, column: Int, row: Int)

  /// - Parameters:
  ///   - orientation: EXIF's 1…8.
  ///   - w: the source's width.
  ///   - h: the source's height.
  /// - Returns: nil where nothing is to be done.
  init?(_ orientation: Int, width w: Int, height h: Int) {
    switch orientation {
    case 2: walk = (w - 1, -1, w)
    case 3: walk = (w * h - 1, -1, -w)
    case 4: walk = (w * (h - 1), 1, -w)
    case 5: walk = (0, w, 1)
    case 6: walk = (w * (h - 1), -w, 1)
    case 7: walk = (w * h - 1, -w, -1)
    case 8: walk = (w - 1, w, -1)
    default: return nil
    }
    (width, height) = orientation >= 5 ? (h, w) : (w, h)
  }

  /// The samples in their new order.
  func rearranged<Sample>(_ samples: [Sample], channels: Int) -> [Sample] {
    // Columns in strips, so that the source rows that a strip reads stay in the cache from one row to the next.
    let strip = 64
    return samples.withUnsafeBufferPointer { source in
      [Sample](unsafeUninitializedCapacity: samples.count) { target, initialized in
        for left in stride(from: 0, to: width, by: strip) {
          for y in 0..<height {
            var from = (walk.origin + y * walk.row + left * walk.column) * channels
            var to = (y * width + left) * channels
            for _ in left..<min(left + strip, width) {
              for channel in 0..<channels { target.initializeElement(at: to + channel, to: source[from + channel]) }
              from += walk.column * channels
              to += channels
            }
          }
        }
        initialized = samples.count
      }
    }
  }
}
