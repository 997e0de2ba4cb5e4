/// How a picture that was decoded at a fraction of its size lies on the whole.
public struct ImageReduction: Sendable, Hashable {
  /// The size of the whole picture, turned as the reduced one is.
  public let original: ImageSize
  /// The reduced picture's columns and rows that the whole takes up. At the end that was the right or the lower one in
  /// the file, the outermost pixel may stand for fewer of the whole's than the others: there, all of it counted would
  /// move the picture's contents by up to a pixel.
  let columns, rows: Range<Double>

  /// - Parameters:
  ///   - whole: the size as stored.
  ///   - orientation: how the picture was turned after that, EXIF's 1…8.
  /// - Returns: nil for all of the eighths.
  init?(from whole: ImageSize, toEighths eighths: Int, orientation: Int) {
    guard eighths < 8 else { return nil }
    func extent(_ side: Int, _ rounded: Int, isReversed: Bool) -> Range<Double> {
      let (length, end) = (Double(side * eighths) / 8, Double(rounded))
      return isReversed ? end - length..<end : 0..<length
    }
    original = orientation >= 5 ? whole.turned : whole
    let size = original.scaled(toEighths: eighths)
    columns = extent(original.width, size.width, isReversed: [2, 3, 6, 7].contains(orientation))
    rows = extent(original.height, size.height, isReversed: [3, 4, 7, 8].contains(orientation))
  }
}

extension ImageSize {
  /// The size at some eighths of the width and the height, as libjpeg rounds them: up.
  func scaled(toEighths eighths: Int) -> ImageSize {
    ImageSize(width: (width * eighths + 7) / 8, height: (height * eighths + 7) / 8)
  }

  /// The size of the picture turned by a quarter.
  var turned: ImageSize { ImageSize(width: height, height: width) }
}
