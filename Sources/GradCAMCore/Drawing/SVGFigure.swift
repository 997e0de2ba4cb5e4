import FoundationEssentials
public import ModelFormats

/// A map as an SVG drawing, in which image, map, colour bar and caption are elements of their own: pictures as PNG in `data:` URLs,
/// everything else as text and lines. There are no scripts in it, and nothing is loaded.
public struct SVGFigure: Sendable {
  /// What is drawn beside the colour bar and the caption.
  public enum Kind: Sendable {
    /// The map over the image, as `Overlay` draws it.
    case overlay
    /// Image, map and overlay side by side, as `Panel` draws them.
    case panel
    /// The map's cells alone, as `HeatmapPicture` draws them.
    case cells
    /// The map alone, where it lies on the image.
    case map
  }

  private let kind: Kind
  private let caption: [String]
  private let texts: KeyValuePairs<String, String>

  /// A figure of a kind.
  ///
  /// - Parameters:
  ///   - caption: the lines below the pictures; long ones are wrapped, endless ones cut.
  ///   - texts: what the drawing's `metadata` element says, for programs.
  public init(_ kind: Kind, caption: [String], texts: KeyValuePairs<String, String> = [:]) {
    (self.kind, self.caption, self.texts) = (kind, caption, texts)
  }

  /// The drawing in UTF-8; parameters are those of `Overlay.draw`.
  ///
  /// - Throws: `InputError` when memory runs out.
  public func encode(
    _ heatmap: Heatmap, over image: Image, at geometry: CropGeometry? = nil, style: OverlayStyle = .reference,
    regions: [MapRegion]? = nil
  ) throws(InputError) -> [UInt8] {
    let tiles = FigureTiles(
      heatmap: heatmap, image: image, geometry: (geometry ?? .whole(of: image)).laid(on: image), style: style,
      regions: regions)
    let drawn: [String]
    switch kind {
    case .overlay: drawn = [try tiles.ground() + tiles.overlay(try tiles.map(attributes: tiles.opacity))]
    case .panel:
      let map = try tiles.map()
      let overlay = try tiles.overlay("<use xlink:href=\"#map\"\(tiles.opacity)/>\n")
      drawn = [try tiles.ground(), tiles.paper + map, "<use xlink:href=\"#image\"/>\n" + overlay]
    case .cells: drawn = [try tiles.cells()]
    case .map: drawn = [tiles.paper + (try tiles.map())]
    }
    let layout = SVGLayout(
      picture: kind == .cells ? HeatmapPicture.cells(heatmap, style).size : image.size, count: drawn.count,
      labels: labels(style), caption: caption)
    let colors = try SVGLayout.dataURL(ColorBar.colors(style, height: 256))
    return Array(layout.document(drawn, colors: colors, texts: texts).utf8)
  }

  /// The colour bar's; where the colours may end before the values do, the ends say so.
  private func labels(_ style: OverlayStyle) -> [String] {
    var labels = ColorBar.labels(style)
    guard style.fullScale != 1 || style.fixedScale != nil else { return labels }
    labels[2] = "≥ " + labels[2]
    if style.isSigned { labels[0] = "≤ " + labels[0] }
    return labels
  }
}

/// The pictures of a figure, each in its own pixels.
private struct FigureTiles {
  let heatmap: Heatmap
  let image: Image
  let geometry: CropGeometry
  let style: OverlayStyle
  let regions: [MapRegion]?

  var opacity: String { " opacity=\"\(style.alpha)\"" }
  /// What lies under a map that does not cover all.
  var paper: String { "<rect width=\"\(image.width)\" height=\"\(image.height)\" fill=\"#e0e0e0\"/>\n" }

  func ground() throws(InputError) -> String { try element("image", style.blending.ground(image)) }

  func cells() throws(InputError) -> String { try element("map", HeatmapPicture.cells(heatmap, style)) }

  /// The map where it lies; nothing where that is beside the image.
  func map(attributes: String = "") throws(InputError) -> String {
    guard let placed = style.scaled(heatmap).placed(at: geometry, style.interpolation) else { return "" }
    return try element("map", style.colored(placed.map), x: placed.x, y: placed.y, attributes)
  }

  /// What lies over the image: the map as it is, or, where brightness depends on all of the result, the result; and the marks.
  func overlay(_ map: String) throws(InputError) -> String {
    var bare = style
    bare.marks = nil
    let cover =
      style.blending == .brightened
      ? try element("overlay", Overlay.draw(heatmap, over: image, at: geometry, style: bare)) : map
    return cover + marks
  }

  private func element(
    _ id: String, _ picture: Image, x: Int = 0, y: Int = 0, _ attributes: String = ""
  ) throws(InputError) -> String {
    let place = "x=\"\(x)\" y=\"\(y)\" width=\"\(picture.width)\" height=\"\(picture.height)\""
    return "<image id=\"\(id)\" \(place)\(attributes) xlink:href=\"\(try SVGLayout.dataURL(picture))\"/>\n"
  }

  /// Boxes and contours, white with a black rim, so that they are seen on any colour.
  private var marks: String {
    guard let marks = style.marks else { return "" }
    let paths = (regions ?? Overlay.regions(heatmap, at: geometry, style: style)).flatMap { region -> [String] in
      let box = "M\(region.x) \(region.y)h\(region.width)v\(region.height)h\(-region.width)z"
      let outlines = region.contours.map { outline in
        "M" + outline.map { "\($0.x) \($0.y)" }.joined(separator: "L") + "z"
      }
      return (marks.drawsContours ? outlines : []) + (marks.drawsBoxes ? [box] : [])
    }
    guard !paths.isEmpty else { return "" }
    let thickness = max(min(image.width, image.height) / 256, 1)
    return [("#000", 3 * thickness), ("#fff", thickness)].map { color, width in
      "<path fill=\"none\" stroke=\"\(color)\" stroke-width=\"\(width)\" d=\"\(paths.joined())\"/>\n"
    }.joined()
  }
}
