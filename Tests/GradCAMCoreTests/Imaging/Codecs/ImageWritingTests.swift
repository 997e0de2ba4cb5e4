import ModelFormats
import Testing

@testable import GradCAMCore

@Suite struct ImageWritingTests {
  private func decode(_ bytes: [UInt8]) throws -> DecodedImage { try ImageDecoder.decode(FileBytes(copying: bytes)) }

  @Test(arguments: [1, 3], [0, 3, 9]) func `A PNG reads back as it was`(channels: Int, level: Int) throws {
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

  @Test(arguments: ["0.1.0", "modèle=β", ""]) func `Texts mark the tool's own pictures`(text: String) throws {
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

  @Test(arguments: [1, 3])
  func `A JPEG reads back nearly as it was, the better the higher its quality`(channels: Int) throws {
    for (width, height) in [(1, 1), (64, 48), (1, 300), (333, 17)] {
      let samples = (0..<width * height * channels).map { index in
        let pixel = index / channels
        return UInt8(40 + 100 * (pixel % width) / width + 50 * (pixel / width) / height + 15 * (index % channels))
      }
      let image = Image(width: width, height: height, channels: channels, samples: samples)
      let errors = try [30, 85, 100].map { quality in
        let bytes = try JPEGEncoder.encode(image, quality: quality)
        #expect(bytes == (try JPEGEncoder.encode(image, quality: quality)))
        let decoded = try decode(bytes)
        try #require(decoded.image.size == image.size && decoded.image.channels == channels)
        #expect(decoded.warning == nil)
        let sum = zip(samples, decoded.image.samples).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        return Double(sum) / Double(samples.count)
      }
      #expect(errors[0] >= errors[1] && errors[1] >= errors[2] && errors[1] < 3 && errors[2] < 1)
    }
  }

  @Test func `A JPEG's comments mark it and say what it shows`() throws {
    let image = Image(width: 9, height: 7, filledWith: [1, 2, 3])
    func comments(_ bytes: [UInt8]) -> [String] {
      var comments: [String] = []
      var offset = 2
      while offset + 4 < bytes.count, bytes[offset + 1] != 0xDA {
        let length = Int(bytes[offset + 2]) << 8 | Int(bytes[offset + 3])
        if bytes[offset + 1] == 0xFE {
          comments.append(String(decoding: bytes[(offset + 4)..<(offset + 2 + length)], as: UTF8.self))
        }
        offset += 2 + length
      }
      return comments
    }
    #expect(comments(try JPEGEncoder.encode(image)) == ["gradcam"])
    let said = try JPEGEncoder.encode(image, texts: ["method": "fem", "target": "a\nverdict: ok\u{0}β"])
    #expect(comments(said) == ["gradcam", "method: fem\ntarget: a verdict: ok β"])
    #expect(said.withUnsafeBytes(JPEGComment.isOwn) && said.prefix(4096).withUnsafeBytes { JPEGComment.isOwn($0) })
    #expect(try decode(said).isOverlay && decode(said).warning == nil)
    for length in 32_755...32_770 {
      let long = comments(try JPEGEncoder.encode(image, texts: ["k": String(repeating: "β", count: length)]))[1]
      #expect(long == "k: " + String(repeating: "β", count: min(length, 32_765)))
    }
  }

  @Test func `A JPEG has a largest side`() throws {
    let long = Image(width: JPEGEncoder.longestSide + 1, height: 1, filledWith: [7])
    #expect(try inputError { _ = try JPEGEncoder.encode(long) }.remedy?.description == "a PNG")
  }

  @Test func `A map as gray of 16 bits`() throws {
    let map = Heatmap(width: 6, height: 1, values: [-1.5, -1, 0, 0.5, 2, .nan])
    let bytes = try map.png16(black: -1, texts: [PNGText.ownKeyword: "x"])
    // The header's depth and kind: 16 bits of gray.
    #expect(Array(bytes[24..<26]) == [16, 0])
    #expect(try decode(bytes).isOverlay)
    let levels = try decode(bytes).image.samples
    #expect(levels == [0, 0, 128, 191, 255, 0])
  }

  @Test(arguments: ImageFixtures.names("npy/")) func `NumPy files are NumPy's`(name: String) throws {
    let shape = name.split(separator: "x").compactMap { Int($0) }
    let values = (0..<shape.reduce(1, *)).map { Float($0) }
    #expect(NumPyFile.encode(values, shape: shape) == (try ImageFixtures.answer("npy/\(name)").bytes))
  }
}
