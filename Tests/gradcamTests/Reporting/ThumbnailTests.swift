import GradCAMCore
import Testing

@testable import gradcam

@Suite struct ThumbnailTests {
  private static let sizes = [
    (ImageSize(width: 320, height: 320), ImageSize(width: 320, height: 320)),
    (ImageSize(width: 1, height: 7), ImageSize(width: 1, height: 7)),
    (ImageSize(width: 640, height: 480), ImageSize(width: 320, height: 240)),
    (ImageSize(width: 1000, height: 3000), ImageSize(width: 107, height: 320)),
    (ImageSize(width: 100_000, height: 1), ImageSize(width: 320, height: 1)),
  ]

  @Test(arguments: sizes) func `A thumbnail keeps the shape`(_ size: ImageSize, _ thumbnail: ImageSize) {
    #expect(Thumbnail(part: nil).size(of: size) == thumbnail)
    #expect(Thumbnail(part: nil).leastSize(of: size) == thumbnail)
  }

  @Test func `A part has the shape of the part, and its image enough pixels for it`() {
    let part = CropGeometry(imageWidth: 4000, imageHeight: 1000, x: 1800, y: 300, width: 640, height: 400)
    let size = ImageSize(width: 4000, height: 1000)
    #expect(Thumbnail(part: part).size(of: size) == ImageSize(width: 320, height: 200))
    #expect(Thumbnail(part: part).leastSize(of: size) == ImageSize(width: 2000, height: 500))
    let other = ImageSize(width: 4000, height: 1001)
    #expect(Thumbnail(part: part).size(of: other) == ImageSize(width: 320, height: 80))
  }

  /// A gray picture whose levels tell the place: ten times the column, and the row.
  private func numbered(_ width: Int, _ height: Int) -> Image {
    let samples = (0..<height).flatMap { y in (0..<width).map { x in UInt8(10 * x + y) } }
    return Image(width: width, height: height, channels: 1, samples: samples)
  }

  private func drawn(_ x: Double, _ y: Double, _ width: Double, _ height: Double) -> Image {
    let part = CropGeometry(imageWidth: 6, imageHeight: 4, x: x, y: y, width: width, height: height)
    return Thumbnail(part: part).draw(numbered(6, 4), of: ImageSize(width: 6, height: 4))
  }

  @Test func `A part holds its own pixels`() {
    #expect(drawn(1, 2, 3, 2) == Image(width: 3, height: 2, channels: 1, samples: [12, 22, 32, 13, 23, 33]))
    #expect(drawn(0.5, 1, 2, 1).samples == [6, 16])
  }

  @Test func `What the model saw beyond the image is black`() {
    #expect(
      drawn(-1, -1, 3, 2) == Image(width: 3, height: 2, channels: 1, samples: [0, 0, 0, 0, 0, 10]))
    #expect(
      drawn(4, 3, 4, 3)
        == Image(width: 4, height: 3, channels: 1, samples: [43, 53] + [UInt8](repeating: 0, count: 10)))
  }

  @Test func `A part of a reduced picture lies where it does on the whole`() {
    let part = CropGeometry(imageWidth: 48, imageHeight: 32, x: 8, y: 16, width: 24, height: 16)
    let thumbnail = Thumbnail(part: part).draw(numbered(6, 4), of: ImageSize(width: 48, height: 32))
    #expect(thumbnail.size == ImageSize(width: 24, height: 16))
    // The middles of the reduced pixels' blocks, between two pixels each.
    #expect([4 * 24 + 4, 4 * 24 + 12, 12 * 24 + 20].map { Int(thumbnail.samples[$0]) }.map { $0 / 10 } == [1, 2, 3])
  }

  private static let awkward = [
    (-1e9, -1e9, 2e9, 2e9), (5.999, 3.999, 1e9, 0.001), (0.1, 0.1, 1e-6, 1e-6), (-0.999, 0, 1, 4), (5.5, 0, 0.5, 1e6),
  ]

  @Test(arguments: awkward) func `No part takes much memory or ends the tool`(
    _ part: (x: Double, y: Double, width: Double, height: Double)
  ) {
    let image = drawn(part.x, part.y, part.width, part.height)
    #expect((1...320).contains(image.width) && (1...320).contains(image.height))
  }
}
