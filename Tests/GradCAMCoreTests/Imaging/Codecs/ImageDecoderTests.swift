import ModelFormats
import Testing

@testable import GradCAMCore

@Suite struct ImageDecoderTests {
  @Test(arguments: ImageFixtures.names("decode/")) func `Equals Pillow's decode to the byte`(name: String) throws {
    let options = ImageDecoder.Options(applyOrientation: false)
    let decoded = try ImageDecoder.decode(ImageFixtures.file(name), options: options)
    #expect(decoded.image == (try ImageFixtures.answer("decode/\(name)").image))
    // Pillow, too, takes samples above the largest for white.
    #expect(decoded.isDamaged == name.hasPrefix("over-") && decoded.isDamaged == (decoded.warning != nil))
    #expect(!decoded.isOverlay)
  }

  @Test(arguments: ImageFixtures.names("oriented/")) func `Turns pictures as EXIF says`(name: String) throws {
    #expect(try ImageFixtures.image(name) == ImageFixtures.answer("oriented/\(name)").image)
  }

  @Test(arguments: [(2, 2), (3, 3), (4, 4), (5, 5), (6, 8), (7, 7), (8, 6)])
  func `Orientations undo each other`(pair: (Int, Int)) throws {
    // Wider than the strips in which pictures are turned.
    let samples = (0..<150 * 70).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    let image = Image(width: 150, height: 70, channels: 1, samples: samples)
    #expect(image.oriented(pair.0) != image)
    #expect(image.oriented(pair.0).oriented(pair.1) == image)
    #expect(image.oriented(0) == image && image.oriented(9) == image)
  }

  @Test func `Finds the format by content`() throws {
    func problem(_ bytes: [UInt8]) throws -> String {
      try inputError { _ = try ImageDecoder.decode(FileBytes(copying: bytes)) }.description
    }
    let reads = "(gradcam reads JPEG, PNG, PPM, PGM, PBM, BMP, DICOM and .npy)"
    #expect(try problem(Array("<!DOCTYPE html>".utf8)) == "is an HTML page \(reads)")
    #expect(try problem(Array("BMW, Audi\n".utf8)) == "is a text file \(reads)")
    #expect(try problem(Array("P2 in our plan\n".utf8)) == "is a text file \(reads)")
    #expect(try problem(Array("P2\n3 weeks\n".utf8)) == "is a text file \(reads)")
    #expect(try problem(Array("P60 1\n".utf8)) == "is a text file \(reads)")
    #expect(try problem([0, 1, 2, 3]) == "is not an image \(reads)")
    #expect(try problem([]) == "is not an image \(reads)")
  }

  @Test func `Tells pictures from other files`() throws {
    func isImageLike(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { ImageFormat.isImageLike($0) } }
    #expect(isImageLike(try ImageFixtures.bytes("gray.jpg")))
    #expect(isImageLike(try ImageFixtures.bytes("gray-1.png")))
    #expect(isImageLike(Array("GIF87a".utf8)))
    #expect(isImageLike(try ImageFixtures.bytes("comments.pgm")))
    #expect(isImageLike(Array("P6".utf8)) && isImageLike(Array("P1\n1".utf8)))
    #expect(isImageLike(Array("P5#\(String(repeating: "comment ", count: 100))".utf8)))
    #expect(!isImageLike(Array("notes".utf8)))
    #expect(!isImageLike(Array("%PDF-1.4".utf8)))
    #expect(!isImageLike([]))
  }

  @Test func `Refuses a picture over the limit before decoding it`() throws {
    let file = try ImageFixtures.file("baseline.jpg")
    let options = ImageDecoder.Options(maxPixels: 37 * 29 - 1)
    let error = try inputError { _ = try ImageDecoder.decode(file, options: options) }
    #expect(error.problem == "is 37×29 pixels large, over the limit of 1072 pixels")
    #expect(error.remedy == "scale it down, or raise the limit by \(.maxPixels)")
    #expect(try ImageDecoder.decode(file, options: ImageDecoder.Options(maxPixels: 37 * 29)).image.width == 37)
  }
}
