/// The element by which this tool knows SVG drawings of its own again, found without reading all of the drawing.
package enum SVGMark {
  /// The beginning of the element that holds a drawing's texts; it is the first of the drawing's elements.
  static let element = "<metadata id=\"gradcam\">"

  /// Whether a drawing is this tool's.
  ///
  /// - Parameter bytes: a file or as much of its beginning as is at hand.
  package static func isOwn(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let head = String(decoding: bytes.prefix(1024), as: UTF8.self)
    return head.hasPrefix("<?xml") && head.contains("<svg") && head.contains(element)
  }
}
