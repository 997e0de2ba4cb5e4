/// What an overlay is drawn on.
public enum Canvas: String, Sendable, CaseIterable {
  /// The crop that the model saw.
  case input
  /// The whole image at its own size.
  case original
}

/// Draws maps over images. The results are RGB; values that are no finite numbers are drawn as 0.
public enum Overlay {
  /// The map over the part of a picture that the model saw; the rest of the picture is not touched.
  ///
  /// - Parameters:
  ///   - geometry: where in the picture the crop lies, its edges rounded to whole pixels; nil where the picture is the crop.
  ///   - regions: what `regions` found, where that is known, for the style's marks.
  public static func draw(
    _ heatmap: Heatmap, over image: Image, at geometry: CropGeometry? = nil, style: OverlayStyle = .reference,
    regions: [MapRegion]? = nil
  ) -> Image {
    var result = style.blending.ground(image)
    guard let enlarged = place(heatmap, on: image, at: geometry, style.interpolation) else { return result }
    style.blending.blend(style.colored(enlarged.map), into: &result, x: enlarged.x, y: enlarged.y, alpha: style.alpha)
    if let marks = style.marks {
      result.draw(marks, around: regions ?? self.regions(above: marks.threshold, enlarged))
    }
    return result
  }

  /// The regions of the enlarged map above the style's threshold, in pixels of the picture; none without a threshold.
  public static func regions(
    _ heatmap: Heatmap, over image: Image, at geometry: CropGeometry, style: OverlayStyle
  ) -> [MapRegion] {
    guard let marks = style.marks, let enlarged = place(heatmap, on: image, at: geometry, style.interpolation) else {
      return []
    }
    return regions(above: marks.threshold, enlarged)
  }

  private static func regions(above threshold: Float, _ placed: (map: Heatmap, x: Int, y: Int)) -> [MapRegion] {
    placed.map.regions(above: threshold).map { $0.moved(x: placed.x, y: placed.y) }
  }

  /// The part of the enlarged map that lies on the picture, and where its corner is; nil where none does.
  static func place(
    _ heatmap: Heatmap, on image: Image, at geometry: CropGeometry?, _ interpolation: Interpolation
  ) -> (map: Heatmap, x: Int, y: Int)? {
    let geometry = geometry ?? .whole(of: image)
    func axis(_ start: Double, _ length: Double, limit: Int) -> (start: Int, length: Int, visible: Range<Int>) {
      let first = Int(start.rounded())
      let end = max(Int((start + length).rounded()), first + 1)
      let from = min(max(first, 0), limit)
      return (first, end - first, from..<max(min(end, limit), from))
    }
    let columns = axis(geometry.x, geometry.width, limit: image.width)
    let rows = axis(geometry.y, geometry.height, limit: image.height)
    guard !columns.visible.isEmpty, !rows.visible.isEmpty else { return nil }
    func shifted(_ range: Range<Int>, by start: Int) -> Range<Int> {
      range.lowerBound - start..<range.upperBound - start
    }
    let map = heatmap.drawable.resized(
      width: columns.length, height: rows.length, columns: shifted(columns.visible, by: columns.start),
      rows: shifted(rows.visible, by: rows.start), interpolation)
    return (map, columns.visible.lowerBound, rows.visible.lowerBound)
  }
}
