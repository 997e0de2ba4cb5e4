/// A map on its own, in colour, with a colour bar.
public enum HeatmapPicture {
  /// Draws each cell as a square of one colour, large enough that both sides of the map have 256 pixels (a map whose
  /// longer side would come out over 8192 is enlarged less).
  ///
  /// - Parameters:
  ///   - gamma: the exponent on the map's magnitude; 1 shows the values as they are.
  ///   - isSigned: whether values run from −1 to 1, with 0 in the middle of the colours.
  ///   - fixedScale: what 1 stands for, where that was fixed for all maps.
  public static func draw(
    _ heatmap: Heatmap, colorMap: ColorMap = .jet, gamma: Float = 1, isSigned: Bool = false, fixedScale: Float? = nil
  ) -> Image {
    var style = OverlayStyle(colorMap, 1, gamma, .nearest)
    (style.isSigned, style.fixedScale) = (isSigned, fixedScale)
    return draw(heatmap, style: style)
  }

  /// The same in a style's colours, gamma and scale.
  public static func draw(_ heatmap: Heatmap, style: OverlayStyle) -> Image {
    withBar(cells(heatmap, style), style)
  }

  /// Draws the map enlarged to where the crop lies, on light gray of the image's size.
  public static func draw(_ heatmap: Heatmap, at geometry: CropGeometry, style: OverlayStyle) -> Image {
    withBar(onImage(heatmap, at: geometry, style), style)
  }

  private static func withBar(_ picture: Image, _ style: OverlayStyle) -> Image {
    Image.row(of: [picture, ColorBar(style, height: picture.height).drawn()], gap: max(picture.height / 32, 4))
  }

  /// The cells alone.
  static func cells(_ heatmap: Heatmap, _ style: OverlayStyle) -> Image {
    let (shorter, longer) = (min(heatmap.width, heatmap.height), max(heatmap.width, heatmap.height))
    let factor = max(min((256 + shorter - 1) / shorter, 8192 / longer), 1)
    return style.colored(style.scaled(heatmap).drawable).enlarged(by: factor)
  }

  /// The map in colour where the crop lies, on light gray of the image's size.
  static func onImage(_ heatmap: Heatmap, at geometry: CropGeometry, _ style: OverlayStyle) -> Image {
    var picture = Image(width: geometry.imageWidth, height: geometry.imageHeight, filledWith: [224, 224, 224])
    if let placed = style.scaled(heatmap).placed(at: geometry, style.interpolation) {
      picture.place(style.colored(placed.map), x: placed.x, y: placed.y)
    }
    return picture
  }
}
