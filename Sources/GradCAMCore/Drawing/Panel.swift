/// The image, the map and the overlay side by side, with a colour bar.
public enum Panel {
  /// Draws the panel for a map over the part of a picture that the model saw; beside that part, the map is
  /// light gray.
  ///
  /// Pictures too small for a legible scale are enlarged by a whole factor, without smoothing.
  ///
  /// - Parameters:
  ///   - geometry: where in the picture the crop lies; nil where the picture is the crop.
  ///   - regions: see `Overlay.draw`.
  public static func draw(
    _ heatmap: Heatmap, over image: Image, at geometry: CropGeometry? = nil, style: OverlayStyle = .reference,
    regions: [MapRegion]? = nil
  ) -> Image {
    let map = HeatmapPicture.onImage(heatmap, at: (geometry ?? .whole(of: image)).laid(on: image), style)
    let overlay = Overlay.draw(heatmap, over: image, at: geometry, style: style, regions: regions)
    let factor = factor(width: image.width, height: image.height)
    let height = image.height * factor
    let pictures = [image, map, overlay].map { $0.enlarged(by: factor) }
    return Image.row(of: pictures + [ColorBar(style, height: height).drawn()], gap: max(height / 32, 4))
  }

  private static func factor(width: Int, height: Int) -> Int {
    let (legibleHeight, widest) = (128, 1024)
    return max(min((legibleHeight + height - 1) / height, widest / width), 1)
  }
}
