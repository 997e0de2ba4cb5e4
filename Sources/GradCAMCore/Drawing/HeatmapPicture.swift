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
    let (shorter, longer) = (min(heatmap.width, heatmap.height), max(heatmap.width, heatmap.height))
    let factor = max(min((256 + shorter - 1) / shorter, 8192 / longer), 1)
    let cells = style.colored(heatmap.drawable).enlarged(by: factor)
    return Image.row(of: [cells, ColorBar(style, height: cells.height).drawn()], gap: max(cells.height / 32, 4))
  }
}
