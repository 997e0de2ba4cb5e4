import GradCAMCore

/// A picture small enough to look through thousands, of all of an image or of a part.
struct Thumbnail: Sendable {
  /// The part to show; nil for all of the image.
  let part: CropGeometry?
  /// The longest side, in pixels.
  var longestSide = Self.usualSide

  /// In pixels.
  static let usualSide = 320

  /// The part of an image of a size: none where it was cut from one of another size, as another file of that name.
  func part(of size: ImageSize) -> CropGeometry? {
    guard let part, part.imageWidth == size.width, part.imageHeight == size.height else { return nil }
    return part
  }

  /// The thumbnail's size: that of what it shows, or the largest of its shape that `longestSide` allows.
  func size(of image: ImageSize) -> ImageSize {
    let scale = scale(of: image)
    guard let part = part(of: image) else { return image.scaled(by: scale) }
    return ImageSize(width: Self.rounded(part.width * scale), height: Self.rounded(part.height * scale))
  }

  /// The size of the whole image at which its part is as large as the thumbnail.
  func leastSize(of image: ImageSize) -> ImageSize { image.scaled(by: scale(of: image)) }

  /// - Parameters:
  ///   - image: the whole image, or the same smaller.
  ///   - original: the size of the whole image.
  func draw(_ image: Image, of original: ImageSize) -> Image {
    let size = size(of: original)
    guard let part = part(of: original) else {
      return size == image.size ? image : image.resized(width: size.width, height: size.height)
    }
    let columns = Axis(from: part.x, length: part.width, on: original.width, to: size.width)
    let rows = Axis(from: part.y, length: part.height, on: original.height, to: size.height)
    let inside = image.resized(
      part: columns.source(on: image.width), rows.source(on: image.height), width: columns.target.count,
      height: rows.target.count)
    if inside.size == size { return inside }
    // What the model saw beyond the image is black.
    var canvas = Image(
      width: size.width, height: size.height, filledWith: Array(repeating: 0, count: image.channels))
    canvas.place(inside, x: columns.target.lowerBound, y: rows.target.lowerBound)
    return canvas
  }

  /// What takes a length of the image to one of the thumbnail.
  private func scale(of image: ImageSize) -> Double {
    let part = part(of: image)
    let side = max(part?.width ?? Double(image.width), part?.height ?? Double(image.height))
    return min(1, Double(longestSide) / side)
  }

  fileprivate static func rounded(_ length: Double) -> Int { max(1, Int(length.rounded())) }

  /// A part's columns or rows.
  private struct Axis {
    /// The part of the image that is there, as shares of its length.
    private let share: Range<Double>
    /// Where that lies on the thumbnail.
    let target: Range<Int>

    init(from start: Double, length: Double, on whole: Int, to size: Int) {
      let inside = max(start, 0)..<min(start + length, Double(whole))
      share = inside.lowerBound / Double(whole)..<inside.upperBound / Double(whole)
      let scale = Double(size) / length
      let first = min(Int(((inside.lowerBound - start) * scale).rounded()), size - 1)
      target = first..<min(max(Int(((inside.upperBound - start) * scale).rounded()), first + 1), size)
    }

    func source(on length: Int) -> Range<Double> {
      share.lowerBound * Double(length)..<min(share.upperBound * Double(length), Double(length))
    }
  }
}

extension ImageSize {
  /// At least a pixel a side.
  fileprivate func scaled(by scale: Double) -> ImageSize {
    ImageSize(width: Thumbnail.rounded(Double(width) * scale), height: Thumbnail.rounded(Double(height) * scale))
  }
}
