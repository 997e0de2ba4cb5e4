/// The image, the map and the overlay side by side, with a colour bar, over a caption.
public enum Panel {
  /// Draws the panel for a map over the part of a picture that the model saw; beside that part, the map is
  /// light gray.
  ///
  /// Pictures too small for a legible scale are enlarged by a whole factor, without smoothing.
  ///
  /// - Parameters:
  ///   - geometry: where in the picture the crop lies; nil where the picture is the crop.
  ///   - regions: see `Overlay.draw`.
  ///   - caption: what the panel shows, a line or more each; none for a panel without. `writes` tells of which text all can be read.
  public static func draw(
    _ heatmap: Heatmap, over image: Image, at geometry: CropGeometry? = nil, style: OverlayStyle = .reference,
    regions: [MapRegion]? = nil, caption: [String] = []
  ) -> Image {
    let map = HeatmapPicture.onImage(heatmap, at: (geometry ?? .whole(of: image)).laid(on: image), style)
    let overlay = Overlay.draw(heatmap, over: image, at: geometry, style: style, regions: regions)
    let factor = factor(width: image.width, height: image.height)
    let height = image.height * factor
    let pictures = [image, map, overlay].map { $0.enlarged(by: factor) }
    let gap = max(height / 32, 4)
    let panel = Image.row(of: pictures + [ColorBar(style, height: height).drawn()], gap: gap)
    return Caption(caption, width: panel.width - 2 * gap, scale: max(height / 128, 1)).drawn(below: panel, gap: gap)
  }

  /// Whether a caption can hold this text: letters beyond ASCII are drawn as boxes.
  public static func writes(_ text: String) -> Bool { PixelFont.has(text) }

  private static func factor(width: Int, height: Int) -> Int {
    let (legibleHeight, widest) = (128, 1024)
    return max(min((legibleHeight + height - 1) / height, widest / width), 1)
  }
}
