import FoundationEssentials
import GradCAMCore
import ModelFormats

/// Draws what two models look at in an image, small enough for a page of many.
struct DiffPictures {
  /// The image, and both maps over it: `data:` URLs of one size.
  struct Drawn {
    let image, old, new: String
    let width, height: Int
  }

  private let maps: any ComparedMaps
  private let style: OverlayStyle

  /// - Parameter options: what the maps were made with.
  init(_ maps: any ComparedMaps, _ options: Explainer.Options) {
    (self.maps, style) = (maps, OverlayStyle(of: options.settings.compat, isSigned: false))
  }

  /// The part of the image that both models saw, and what speaks for the class in each map, by itself scaled to its maximum.
  ///
  /// - Throws: whatever keeps the image or its maps from being found again.
  func draw(_ entry: WorstMaps.Entry) throws -> Drawn {
    var drawn: Drawn?
    try maps.draw(entry) { decoded, specification, pair in
      let size = decoded.reduction?.original ?? decoded.size
      let image = Thumbnail(part: pair.part).draw(decoded.shown(as: specification), of: size)
      let masks = pair.masks
      drawn = Drawn(
        image: try Self.url(of: image), old: try overlay(masks.old, image), new: try overlay(masks.new, image),
        width: image.width, height: image.height)
    }
    guard let drawn else { throw InputError("", "was not found again") }
    return drawn
  }

  private func overlay(_ map: Heatmap, _ image: Image) throws -> String {
    try Self.url(of: Overlay.draw(map, over: image, style: style))
  }

  private static func url(of image: Image) throws -> String {
    "data:image/jpeg;base64,\(Data(try JPEGEncoder.encode(image)).base64EncodedString())"
  }
}
