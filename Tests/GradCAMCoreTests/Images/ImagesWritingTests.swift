import GradCAMCore
import ModelFormats
import Testing

@Suite("Images: files written")
struct ImagesWritingTests {
  private func decode(_ bytes: [UInt8]) throws -> DecodedImage { try ImageDecoder.decode(FileBytes(copying: bytes)) }

  @Test("a PNG reads back as it was", arguments: [1, 3], [0, 3, 9])
  func roundTrip(channels: Int, level: Int) throws {
    for (width, height) in [(1, 1), (17, 5), (1, 300)] {
      let samples = (0..<width * height * channels).map { UInt8(truncatingIfNeeded: $0 &* $0) }
      let image = Image(width: width, height: height, channels: channels, samples: samples)
      for filter in [nil, PNGEncoder.Filter.none, .sub, .up, .average, .paeth] as [PNGEncoder.Filter?] {
        for strategy in PNGEncoder.Strategy.allCases {
          let options = PNGEncoder.Options(level: level, strategy: strategy, filter: filter)
          let decoded = try decode(try PNGEncoder.encode(image, options: options))
          #expect(decoded.image == image)
          #expect(decoded.warning == nil)
        }
      }
    }
  }

  @Test("texts mark the tool's own pictures", arguments: ["0.1.0", "modèle=β", ""])
  func texts(text: String) throws {
    let image = Image(width: 3, height: 2, filledWith: [1, 2, 3])
    let bytes = try PNGEncoder.encode(image, texts: ["Software": "x", PNGText.ownKeyword: text])
    #expect(try decode(bytes).isOverlay)
    #expect(bytes == (try PNGEncoder.encode(image, texts: ["Software": "x", PNGText.ownKeyword: text])))
    #expect(bytes.withUnsafeBytes { PNGText.hasText(keyword: "Software", in: $0) })
    #expect(!bytes.withUnsafeBytes { PNGText.hasText(keyword: "Soft", in: $0) })
    #expect(!(try decode(PNGEncoder.encode(image, texts: ["Software": "gradcam"])).isOverlay))
    for count in bytes.indices {
      _ = bytes[..<count].withUnsafeBytes { PNGText.hasText(keyword: "gradcam", in: $0) }
    }
  }

  @Test("NumPy files are NumPy's", arguments: ImageFixtures.names("npy/"))
  func numPy(name: String) throws {
    let shape = name.split(separator: "x").compactMap { Int($0) }
    let values = (0..<shape.reduce(1, *)).map { Float($0) }
    #expect(NumPyFile.encode(values, shape: shape) == (try ImageFixtures.answer("npy/\(name)").bytes))
  }
}
