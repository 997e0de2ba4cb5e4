import Foundation
import ModelFormats
import Testing

@testable import GradCAMCore

/// PNGs that mark pixels. Each of 3×2 pixels marks the middle of the first row and the end of the second.
@Suite struct MaskDecodingTests {
  private static let files = [
    (
      "RGBA",
      "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAYAAACddGYaAAAAGUlEQVR42mP4//8/w38IYGAAE0CKgZ2BEwDrTA4DC+1x8gAAAABJ"
        + "RU5ErkJggg=="
    ),
    (
      "gray and alpha",
      "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAQAAAA3fa6RAAAAFElEQVR42mP4z/D//38GBhDiZAQAM+0GBZRjkNgAAAAASUVORK5C"
        + "YII="
    ),
    (
      "white background",
      "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAMAAACqqpYoAAAACVBMVEX///8AAAAJCQnZnpE/AAAADklEQVR42mNgYGQAAiYAABAA"
        + "BEfwtoEAAAAASUVORK5CYII="
    ),
    (
      "palette of 2 bits with a transparent colour",
      "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACAgMAAADgGo6JAAAADFBMVEUAAAD///8JCQn///+fci0qAAAABHRSTlP///8AQCqp9AAA"
        + "AAxJREFUeNpjuMPAAQACoADlHB/zKgAAAABJRU5ErkJggg=="
    ),
    (
      "gray of 16 bits",
      "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACEAAAAADoj+WFAAAAEUlEQVR42mNgYGBgZIAARgYAABoAA/2PMFgAAAAASUVORK5CYII="
    ),
    (
      "gray with a transparent value",
      "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAAAAAC4HznGAAAAAnRSTlMAyOMsh7oAAAAQSURBVHjaYzjBeIKB4QQjAAr/AluVClnh"
        + "AAAAAElFTkSuQmCC"
    ),
  ]

  @Test(arguments: files)
  func `Marked is what is not 0, by its index, and not transparent`(_ name: String, _ text: String) throws {
    let path = NSTemporaryDirectory() + "gradcam-mask-\(UUID().uuidString).png"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try #require(Data(base64Encoded: text)).write(to: URL(fileURLWithPath: path))
    var options = ImageDecoder.Options()
    options.isMask = true
    let decoded = try ImageDecoder.decode(FileBytes(path: FilePath(path)), options: options)
    let mask = TruthBitmap(decoded, isLossy: false)
    #expect(mask.values == [false, true, false, false, false, true], "\(name)")
    #expect(mask.share == 1.0 / 3)
    // Pictures are read as before.
    #expect(try ImageDecoder.decode(FileBytes(path: FilePath(path))).size == decoded.size)
  }
}
