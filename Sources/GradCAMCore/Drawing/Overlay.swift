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
    let geometry = (geometry ?? .whole(of: image)).laid(on: image)
    var result = style.blending.ground(image)
    if let placed = style.scaled(heatmap).placed(at: geometry, style.interpolation) {
      style.blending.blend(style.colored(placed.map), into: &result, x: placed.x, y: placed.y, alpha: style.alpha)
    }
    if let marks = style.marks {
      result.draw(marks, around: regions ?? self.regions(heatmap, at: geometry, style: style))
    }
    return result
  }

  /// The regions of the enlarged map above the style's threshold, in pixels of the picture that `geometry` speaks of; none
  /// without a threshold. Clipping changes nothing about them.
  public static func regions(_ heatmap: Heatmap, at geometry: CropGeometry, style: OverlayStyle) -> [MapRegion] {
    guard let marks = style.marks, let placed = heatmap.placed(at: geometry, style.interpolation) else { return [] }
    return placed.map.regions(above: marks.threshold).map { $0.moved(x: placed.x, y: placed.y) }
  }
}
