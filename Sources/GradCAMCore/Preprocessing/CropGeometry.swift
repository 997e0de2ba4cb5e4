/// Where a crop was taken from.
public struct CropGeometry: Sendable, Hashable {
  /// The size of the image, turned upright, in pixels.
  public let imageWidth, imageHeight: Int
  /// The crop's rectangle in the image's pixels; it reaches beyond the image where the crop was padded.
  public let x, y, width, height: Double

  /// All of an image.
  public static func whole(of image: Image) -> CropGeometry {
    CropGeometry(
      imageWidth: image.width, imageHeight: image.height, x: 0, y: 0, width: Double(image.width),
      height: Double(image.height))
  }

  /// A crop's rectangle in an image of a size.
  public init(imageWidth: Int, imageHeight: Int, x: Double, y: Double, width: Double, height: Double) {
    (self.imageWidth, self.imageHeight) = (imageWidth, imageHeight)
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }
}
