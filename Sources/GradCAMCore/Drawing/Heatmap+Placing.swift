extension Heatmap {
  /// A map on a picture: what lies on it of the enlarged map, and where its upper left corner is.
  typealias Placed = (map: Heatmap, x: Int, y: Int)

  /// The map enlarged to where the crop lies, its edges rounded to whole pixels; nil where nothing of that lies on the
  /// picture.
  func placed(at geometry: CropGeometry, _ interpolation: Interpolation) -> Placed? {
    func axis(_ start: Double, _ length: Double, limit: Int) -> (start: Int, length: Int, visible: Range<Int>) {
      let first = Int(start.rounded())
      let end = max(Int((start + length).rounded()), first + 1)
      let from = min(max(first, 0), limit)
      return (first, end - first, from..<max(min(end, limit), from))
    }
    let columns = axis(geometry.x, geometry.width, limit: geometry.imageWidth)
    let rows = axis(geometry.y, geometry.height, limit: geometry.imageHeight)
    guard !columns.visible.isEmpty, !rows.visible.isEmpty else { return nil }
    func shifted(_ range: Range<Int>, by start: Int) -> Range<Int> {
      range.lowerBound - start..<range.upperBound - start
    }
    let map = drawable.resized(
      width: columns.length, height: rows.length, columns: shifted(columns.visible, by: columns.start),
      rows: shifted(rows.visible, by: rows.start), interpolation)
    return (map, columns.visible.lowerBound, rows.visible.lowerBound)
  }

  /// The map's values on the grid of the whole image that the crop was taken from, as they lie under an overlay: 0 where
  /// the model saw nothing.
  ///
  /// Bicubic values may overshoot the map's own a little.
  public func onImage(at geometry: CropGeometry, interpolation: Interpolation = .bicubic) -> Heatmap {
    let (width, height) = (geometry.imageWidth, geometry.imageHeight)
    var values = [Float](repeating: 0, count: width * height)
    guard let (map, left, top) = placed(at: geometry, interpolation) else {
      return Heatmap(width: width, height: height, values: values)
    }
    for row in 0..<map.height {
      let start = (top + row) * width + left
      values.replaceSubrange(start..<start + map.width, with: map.values[row * map.width..<(row + 1) * map.width])
    }
    return Heatmap(width: width, height: height, values: values)
  }
}

extension CropGeometry {
  /// The same rectangle on a picture, whatever size that has.
  func laid(on image: Image) -> CropGeometry {
    CropGeometry(imageWidth: image.width, imageHeight: image.height, x: x, y: y, width: width, height: height)
  }
}
