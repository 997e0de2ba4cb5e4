import GradCAMCore
import ModelFormats
import Testing

@testable import GradCAMCore

@Suite struct PreprocessingChangeTests {
  private func changed(_ known: String, by text: String, _ size: (height: Int, width: Int)? = nil) throws -> String {
    try PreprocessingChange(parsing: text).applied(to: Preprocessing(parsing: known), size: size).description
  }

  @Test func `A key alone changes that key, and a preset replaces all`() throws {
    let known = "resize=300,crop=200,interpolation=bicubic,antialias=off,channels=bgr,scale=2,mean=3,std=4"
    #expect(try changed(known, by: "resize=9") == known.replacing("resize=300", with: "resize=9"))
    #expect(try changed(known, by: "std=5/6/7") == known.replacing("std=4", with: "std=5/6/7"))
    #expect(try changed(known, by: "antialias=on") == known.replacing("antialias=off,", with: ""))
    #expect(
      try changed(known, by: "mean=1,crop=none")
        == known.replacing("crop=200", with: "crop=none").replacing("mean=3", with: "mean=1"))
    #expect(try changed(known, by: "unit") == "interpolation=bilinear,scale=255,mean=0,std=1")
    #expect(try changed(known, by: "unit,crop=7") == "crop=7,interpolation=bilinear,scale=255,mean=0,std=1")
  }

  /// A preset, the size that the model takes, and what comes of it.
  private static let fits: [(preset: String, height: Int, width: Int, sizes: String)] = [
    // 256/224 · 299 is 341.7: torchvision's Inception v3 has 342.
    ("imagenet", 299, 299, "resize=342,crop=299"), ("imagenet", 224, 224, "resize=256,crop=224"),
    ("imagenet", 32, 32, "resize=37,crop=32"), ("half", 299, 299, "resize=299,crop=299"),
    ("imagenet-squash", 299, 299, "resize=299x299,crop=none"),
    ("imagenet-squash", 64, 128, "resize=64x128,crop=none"),
    ("imagenet", 224, 320, "resize=256x366,crop=224x320"),
    ("imagenet,resize=300", 299, 299, "resize=300,crop=299"),
    ("imagenet,crop=none", 299, 299, "resize=342,crop=none"),
    ("imagenet,crop=224", 299, 299, "resize=342,crop=224"),
  ]

  @Test(arguments: fits) func `A preset fits itself to a size, and typed keys stay`(
    preset: String, height: Int, width: Int, sizes: String
  ) throws {
    let text = try changed("resize=7,crop=7", by: preset, (height, width))
    #expect(text.hasPrefix(sizes + ",interpolation="))
  }

  @Test func `Sizes that a preset leaves open stay open`() throws {
    #expect(try changed("resize=7,crop=7", by: "tf", (64, 64)) == "interpolation=bilinear,scale=127.5,mean=1,std=1")
  }

  @Test func `Whatever else is known fits in its proportion`() throws {
    func fitted(_ text: String, _ height: Int, _ width: Int) throws -> String {
      let fitted = try Preprocessing(parsing: text).fitted(to: (height, width))
      return fitted.description.replacing(",interpolation=bilinear,scale=255,mean=0,std=1", with: "")
    }
    #expect(try fitted("resize=256,crop=128x192", 256, 384) == "resize=512,crop=256x384")
    #expect(try fitted("resize=100x200,crop=50x100", 25, 50) == "resize=50x100,crop=25x50")
    #expect(try fitted("resize=none,crop=50", 25, 25) == "resize=none,crop=25")
    #expect(try fitted("resize=50,crop=none", 25, 25) == "resize=50,crop=none")
    #expect(try fitted("resize=1,crop=65536", 1, 1) == "resize=1,crop=1")
  }
}
