import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

@Suite struct FastDecodingTests {
  private func decode(_ file: FileBytes, orient: Bool = true, least width: Int, _ height: Int) throws -> DecodedImage {
    let options = ImageDecoder.Options(applyOrientation: orient) { _ in ImageSize(width: width, height: height) }
    return try ImageDecoder.decode(file, options: options)
  }

  /// The mean difference of two pictures' samples, in levels.
  private func difference(_ one: Image, _ other: Image) throws -> Double {
    try #require(one.size == other.size && one.channels == other.channels)
    let sum = zip(one.samples, other.samples).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
    return Double(sum) / Double(one.samples.count)
  }

  private static let jpegs = [
    "baseline.jpg", "full-chroma.jpg", "half-chroma.jpg", "progressive.jpg", "restarts.jpg", "rgb.jpg", "gray.jpg",
    "gray-progressive.jpg", "cmyk.jpg", "ycck.jpg", "one-row.jpg", "one-pixel.jpg",
  ]

  @Test(arguments: jpegs) func `The least half, quarter or eighth that will do`(name: String) throws {
    let file = try ImageFixtures.file(name)
    let whole = try ImageDecoder.decode(file)
    for part in [8, 4, 2] {
      let (width, height) = ((whole.image.width + part - 1) / part, (whole.image.height + part - 1) / part)
      let reduced = try decode(file, least: width, height)
      #expect(reduced.image.size == ImageSize(width: width, height: height))
      #expect(reduced.reduction?.original == whole.image.size && whole.reduction == nil)
      #expect(reduced.image.channels == whole.image.channels && reduced.warning == nil)
    }
    #expect(try decode(file, least: whole.image.width, whole.image.height).image == whole.image)
    #expect(try decode(file, least: 9999, 1).image == whole.image)
    #expect(try decode(file, least: 1, 9999).image == whole.image)
  }

  @Test func `Never less than asked for, on either side`() throws {
    let file = try ImageFixtures.file("baseline.jpg")  // 37 × 29
    for (width, height, expected) in [(19, 15, 19), (20, 15, 37), (19, 16, 37), (10, 8, 10), (10, 9, 19), (5, 4, 5)] {
      #expect(try decode(file, least: width, height).image.width == expected)
    }
  }

  @Test(arguments: 1...8) func `Sizes are those of the picture turned upright`(number: Int) throws {
    let file = try ImageFixtures.file("orientation-\(number).jpg")  // 7 × 5 as stored
    let stored = try decode(file, orient: false, least: 4, 3)
    #expect(stored.image.size == ImageSize(width: 4, height: 3))
    #expect(stored.reduction?.original == ImageSize(width: 7, height: 5))
    let options = ImageDecoder.Options { size in ImageSize(width: (size.width + 1) / 2, height: (size.height + 1) / 2) }
    let turned = try ImageDecoder.decode(file, options: options)
    #expect(turned.image == stored.image.oriented(number))
    #expect(turned.reduction?.original == (try ImageFixtures.image("orientation-\(number).jpg")).size)
  }

  @Test func `A PNG is decoded whole`() throws {
    let file = try ImageFixtures.file("rgb-8.png")
    #expect(try decode(file, least: 1, 1).image == ImageDecoder.decode(file).image)
  }

  @Test(
    arguments: [
      ("normal-05", "resize=256,crop=224", 2), ("opacity-02", "resize=256,crop=256", 2),
      ("opacity-03", "resize=160x180,crop=120", 4), ("normal-01", "resize=64,crop=64,interpolation=bicubic", 8),
      ("normal-03", "resize=64,crop=56x48,channels=gray", 8),
    ])
  func `The crop differs a little, and lies in the same place`(name: String, text: String, part: Int) throws {
    let file = try FileBytes(path: Fixture.repository.appending(FilePath("models/images/\(name).jpg")))
    let specification = try Preprocessing(parsing: text)
    let preprocessor = try specification.resolved(
      inputSize: nil, channels: specification.channels == .gray ? 1 : 3)
    let whole = try ImageDecoder.decode(file)
    let reduced = try ImageDecoder.decode(file, options: ImageDecoder.Options(leastSize: preprocessor.leastSize))
    #expect(reduced.image.width == (whole.image.width + part - 1) / part)
    let exact = try preprocessor.apply(to: whole.image)
    let near = try preprocessor.apply(to: reduced.image, reducedBy: reduced.reduction)
    #expect(near.geometry == exact.geometry)
    // Nothing but the whole picture gives Pillow's samples.
    #expect(near.crop != exact.crop)
    #expect(try difference(near.crop, exact.crop) < 4)
  }

  @Test(arguments: 1...8)
  func `Pixels at an edge that are cut short move nothing, however the picture is turned`(orientation: UInt8) throws {
    // 634 × 569, at an eighth 79.25 × 71.125.
    let path = Fixture.repository.appending(FilePath("models/images/normal-01.jpg"))
    let stored = try FileBytes(path: path)
    let directory: [UInt8] = [0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]
    let exif: [UInt8] = [0xFF, 0xE1, 0, 34] + Array("Exif\0\0MM\0*".utf8) + directory
    let bytes = withExtendedLifetime(stored) { Array(stored.bytes.prefix(2)) + exif + stored.bytes.dropFirst(2) }
    let file = FileBytes(copying: bytes)
    let preprocessor = try Preprocessing(parsing: "resize=64,crop=none").resolved(inputSize: nil, channels: 3)
    let whole = try ImageDecoder.decode(file)
    let reduced = try ImageDecoder.decode(file, options: ImageDecoder.Options(leastSize: preprocessor.leastSize))
    #expect(whole.image.width == (orientation < 5 ? 634 : 569))
    #expect(reduced.image.width == (orientation < 5 ? 80 : 72))
    let exact = try preprocessor.apply(to: whole.image).crop
    let near = try preprocessor.apply(to: reduced.image, reducedBy: reduced.reduction).crop
    let stretched = try preprocessor.apply(to: reduced.image).crop
    #expect(try difference(near, exact) < 2)
    #expect(try difference(near, exact) < difference(stretched, exact))
  }

  @Test(arguments: ["interpolation=nearest", "antialias=off"])
  func `The whole is decoded where resizing does not average`(text: String) throws {
    let preprocessor = try Preprocessing(parsing: "resize=8,crop=8,\(text)").resolved(inputSize: nil, channels: 3)
    let size = ImageSize(width: 90, height: 70)
    #expect(preprocessor.leastSize(of: size) == size)
    let none = try Preprocessing(parsing: "resize=none,crop=8").resolved(inputSize: nil, channels: 3)
    #expect(none.leastSize(of: size) == size)
    let crop = try Preprocessing(parsing: "resize=8,crop=4").resolved(inputSize: nil, channels: 3)
    #expect(crop.leastSize(of: size) == ImageSize(width: 10, height: 8))
  }

  @Test(arguments: [
    ("baseline.jpg", Damage.Outcome(read: 1121, refused: 148)), ("progressive.jpg", .init(read: 740, refused: 343)),
    ("cmyk.jpg", .init(read: 1049, refused: 96)),
  ])
  func `A damaged file is as damaged at any size`(name: String, expected: Damage.Outcome) throws {
    let whole = try ImageFixtures.bytes(name)
    func problem(_ bytes: [UInt8], least: Int) -> String? {
      do { return try decode(FileBytes(copying: bytes), least: least, least).warning } catch { return "\(error)" }
    }
    for count in 0..<whole.count {
      let bytes = Array(whole[..<count])
      for least in [1, 5] { #expect(problem(bytes, least: least) == problem(bytes, least: 9999), "cut at \(count)") }
    }
    let options = ImageDecoder.Options(maxPixels: 1 << 16) { _ in ImageSize(width: 4, height: 4) }
    let outcome = Damage.outcome(Damage.everyChange(whole, by: [0xFF])) {
      _ = try ImageDecoder.decode(FileBytes(copying: $0), options: options)
    }
    #expect(outcome.isAbout(expected), "\(outcome)")
  }

  @Test func `The limit holds for the whole picture`() throws {
    let file = try ImageFixtures.file("baseline.jpg")
    let options = ImageDecoder.Options(maxPixels: 37 * 29 - 1) { _ in ImageSize(width: 1, height: 1) }
    let error = try inputError { _ = try ImageDecoder.decode(file, options: options) }
    #expect(error.problem == "is 37×29 pixels large, over the limit of 1072 pixels")
  }
}
