import GradCAMCore
import ModelFormats
import TestSupport
import Testing

@Suite struct DamagedImageTests {
  private func decode(_ bytes: [UInt8]) throws(InputError) -> DecodedImage {
    try ImageDecoder.decode(FileBytes(copying: bytes))
  }

  @Test(arguments: [
    ("baseline.jpg", Damage.Outcome(read: 642, refused: 625)), ("progressive.jpg", .init(read: 609, refused: 472)),
  ])
  func `A JPEG cut anywhere gives an error or a picture with a warning`(name: String, expected: Damage.Outcome) throws {
    let whole = try ImageFixtures.bytes(name)
    let size = try decode(whole).image.samples.count
    let outcome = Damage.outcome(Damage.cuts(whole).dropLast(2)) { bytes in
      let decoded = try decode(bytes)
      #expect(decoded.image.samples.count == size)
      #expect(decoded.warning == "is damaged: the file is cut short", "cut at \(bytes.count)")
      #expect(decoded.isDamaged)
    }
    #expect(outcome.isAbout(expected), "\(outcome)")
  }

  @Test(arguments: ["baseline.jpg", "progressive.jpg", "restarts.jpg", "gray.jpg", "cmyk.jpg"])
  func `What ends a JPEG tells of its pixels`(name: String) throws {
    let (whole, sound) = (try ImageFixtures.bytes(name), try ImageFixtures.image(name))
    let ended = try decode(Array(whole.dropLast(2)))
    #expect(!ended.isDamaged && ended.image == sound)
    #expect(ended.warning == "has all its pixels, but: the file is cut short")
    // Some cameras fill the last scan up.
    let filled = try decode(Array(whole.dropLast(2)) + [0, 0, 0xFF, 0xFF, 0xD9])
    #expect(!filled.isDamaged && filled.image == sound && filled.warning == nil)
    // The decoder reads a few bytes ahead, and does not count all of them.
    let junk = try decode(Array(whole.dropLast(2)) + Array("some bytes of another scan".utf8) + [0xFF, 0xD9])
    #expect(junk.isDamaged && junk.warning?.hasSuffix(" extraneous bytes before marker 0xd9") == true)
  }

  @Test(arguments: ["progressive.jpg", "gray-progressive.jpg"])
  func `A JPEG that ends between its scans is damaged, also where its last marker says that it is whole`(
    name: String
  ) throws {
    let whole = try ImageFixtures.bytes(name)
    #expect(try !decode(whole).isDamaged && decode(whole).warning == nil)
    let scans = whole.indices.dropLast().filter { whole[$0] == 0xFF && whole[$0 + 1] == 0xDA }
    for next in scans.dropFirst() {
      let ended = try decode(Array(whole[..<next]) + [0xFF, 0xD9])
      #expect(ended.isDamaged && ended.warning == "is damaged: some of its scans are missing")
      let cut = try decode(Array(whole[..<next]))
      #expect(cut.isDamaged && cut.warning == "is damaged: the file is cut short")
    }
  }

  @Test func `What stands between a JPEG's header segments spoils no pixel`() throws {
    let whole = try ImageFixtures.bytes("baseline.jpg")
    let frame = try #require(whole.indices.dropLast().first { whole[$0] == 0xFF && whole[$0 + 1] == 0xC0 })
    let sound = try ImageFixtures.image("baseline.jpg")
    let decoded = try decode(Array(whole[..<frame]) + Array("junk".utf8) + Array(whole[frame...]))
    #expect(!decoded.isDamaged && decoded.image == sound)
    #expect(decoded.warning == "has all its pixels, but: Corrupt JPEG data: 4 extraneous bytes before marker 0xc0")
  }

  @Test func `A scan that lost its way is damaged`() throws {
    let whole = try ImageFixtures.bytes("restarts.jpg")
    let scan = try #require(whole.indices.dropLast().last { whole[$0] == 0xFF && whole[$0 + 1] == 0xDA }) + 14
    let sound = try ImageFixtures.image("restarts.jpg")
    var (told, spoilt) = (0, 0)
    for place in scan..<whole.count - 2 where whole[place] != 0xFF && whole[place - 1] != 0xFF {
      var bytes = whole
      bytes[place] ^= 0x10
      guard let decoded = try? decode(bytes), decoded.image != sound else { continue }
      spoilt += 1
      told += decoded.isDamaged ? 1 : 0
      #expect(decoded.isDamaged == (decoded.warning != nil), "at \(place): \(decoded.warning ?? "")")
    }
    // Most wrong bits are other, valid codes that nobody can tell.
    #expect(spoilt > 300 && told > spoilt / 10, "\(told) of \(spoilt)")
  }

  @Test func `A JPEG without a first pixel is an error`() throws {
    let whole = try ImageFixtures.bytes("gray.jpg")
    let scan = try #require(whole.indices.dropLast().last { whole[$0] == 0xFF && whole[$0 + 1] == 0xDA })
    let length = Int(whole[scan + 2]) << 8 | Int(whole[scan + 3])
    let error = try inputError { _ = try decode(Array(whole[..<(scan + 2 + length)])) }
    #expect(error.description == "is a damaged JPEG: the file is cut short before its first pixel")
  }

  @Test(arguments: ["rgb-8.png", "palette-4-interlaced.png"])
  func `A PNG cut anywhere before its last pixel is an error`(name: String) throws {
    let whole = try ImageFixtures.bytes(name)
    let trailer = 12 + 4  // IEND, and the checksum of the data before it
    for count in 8..<whole.count - trailer {
      let error = try inputError { _ = try decode(Array(whole[..<count])) }
      #expect(error.description == "is a damaged PNG: the file is cut short", "cut at \(count)")
    }
    let withoutEnd = try decode(Array(whole[..<(whole.count - 12)]))
    #expect(withoutEnd.warning == "has all its pixels, but: the file is cut short" && !withoutEnd.isDamaged)
    #expect(withoutEnd.image == (try ImageFixtures.image(name)))
  }

  @Test(arguments: [
    "most-255.pgm", "most-4095.ppm", "plain-bits.pbm", "bits.pbm", "over-300.ppm", "plain-most-100.ppm",
  ])
  func `A PNM image cut anywhere is an error that says what is missing`(name: String) throws {
    let whole = try ImageFixtures.bytes(name)
    _ = try decode(whole)
    // Of a number at the end a cut leaves another.
    let digits = whole.reversed().prefix { !($0 == 0x20 || $0 == 0x0A) }.count
    for count in 2..<whole.count - (name.hasPrefix("plain") ? digits : 0) {
      let error = try inputError { _ = try decode(Array(whole[..<count])) }
      #expect(error.problem.description.hasPrefix("is a damaged P"), "cut at \(count)")
      #expect(
        error.problem.description.hasSuffix(" missing") || error.problem.description.contains("ends before its "),
        "cut at \(count)")
    }
  }

  private static let wrongPNM: [(String, String)] = [
    ("P6", "PPM: the file ends before its width"), ("P6\n#5 4 255\n", "PPM: the file ends before its width"),
    ("P5 5", "PGM: the file ends before its height"), ("P5 5 4\n", "PGM: the file ends before its largest value"),
    ("P4 9 2 ", "PBM: 4 of its 4 bytes of samples are missing"),
    ("P5 2 2 255 abc", "PGM: 1 of its 4 bytes of samples are missing"),
    ("P6 2 2 256 abc", "PPM: 21 of its 24 bytes of samples are missing"),
    ("P2 2 2 9 1 2 3", "PGM: 1 of its 4 samples are missing"), ("P1 2 2 1 01", "PBM: 1 of its 4 samples are missing"),
    ("P5 0 4 255\n", "PGM: its width is 0, not one from 1 to 9999999999"),
    ("P5 5 0 255\n", "PGM: its height is 0, not one from 1 to 9999999999"),
    ("P5 5 4 0\n", "PGM: its largest value is 0, not one from 1 to 65535"),
    ("P5 5 4 65536\n", "PGM: its largest value is 65536, not one from 1 to 65535"),
    ("P5 5 4 -1\n", "PGM: its largest value is not a number"),
    ("P2 2 1 9 10 1", "PGM: it holds 10, above its largest value, 9"),
    ("P2 2 1 9 1 one", "PGM: sample 2 of 2 is not a number"), ("P2 2 1 9 1 -1", "PGM: sample 2 of 2 is not a number"),
    ("P2 2 1 9 00000000001 1", "PGM: sample 1 of 2 is not a number"),
    ("P1 2 1 12", "PBM: it holds 2, above its largest value, 1"),
  ]

  @Test(arguments: wrongPNM) func `What is wrong with a PNM image is said`(text: String, problem: String) throws {
    let error = try inputError { _ = try decode(Array(text.utf8)) }
    #expect(error.description == "is a damaged \(problem)")
  }

  private static let excessive: [(header: String, samples: [UInt8], warning: String?)] = [
    ("P5 2 2 100 ", [1, 100, 101, 200], "is damaged: 2 samples are above its largest value, 100"),
    ("P6 1 1 254 ", [0, 255, 7], "is damaged: 1 sample is above its largest value, 254"),
    ("P5 2 1 4095 ", [15, 255, 16, 0], "is damaged: 1 sample is above its largest value, 4095"),
    ("P5 2 2 100 ", [1, 100, 99, 0, 200], nil), ("P5 1 1 65535 ", [255, 255], nil), ("P5 1 1 255 ", [255], nil),
    ("P4 8 1 ", [255], nil),
  ]

  @Test(arguments: excessive) func `A binary PNM image with samples above its largest value is damaged`(
    header: String, samples: [UInt8], warning: String?
  ) throws {
    let decoded = try decode(Array(header.utf8) + samples)
    #expect(decoded.warning == warning && decoded.isDamaged == (warning != nil))
  }

  @Test(arguments: 1...6)
  func `The sizes that a PNM image claims are believed when its data are there`(format: Int) throws {
    let bytes = Array("P\(format) 9999999999 9999999999 255 1 1 1".utf8)
    let limited = try inputError { _ = try decode(bytes) }
    #expect(limited.problem == "is 9999999999×9999999999 pixels large, over the limit of 268435456 pixels")
    for size in ["9999999999 9", "9 9999999999", "1 1000000000"] {
      let options = ImageDecoder.Options(maxPixels: .max)
      let error = try inputError {
        _ = try ImageDecoder.decode(FileBytes(copying: Array("P\(format) \(size) 255 1 1 1".utf8)), options: options)
      }
      #expect(
        error.problem.description.hasSuffix(
          format == 1 ? "it holds 2, above its largest value, 1" : "samples are missing"))
    }
  }

  private static let changed: [(String, Damage.Outcome)] = [
    ("progressive.jpg", .init(read: 2278, refused: 971)), ("cmyk.jpg", .init(read: 3169, refused: 266)),
    ("orientation-3.jpg", .init(read: 1975, refused: 413)), ("palette-4.png", .init(read: 87, refused: 597)),
    ("most-4095.ppm", .init(read: 2116, refused: 29)), ("plain-bits.pbm", .init(read: 130, refused: 593)),
  ]

  @Test(arguments: changed) func `No changed byte does harm`(name: String, expected: Damage.Outcome) throws {
    let files = Damage.everyChange(try ImageFixtures.bytes(name), by: [0x01, 0x80, 0xFF])
    // A changed size may be valid and large; the limit keeps the test quick.
    let options = ImageDecoder.Options(maxPixels: 1 << 16)
    let outcome = Damage.outcome(files) { _ = try ImageDecoder.decode(FileBytes(copying: $0), options: options) }
    #expect(name.hasSuffix("g") ? outcome.isAbout(expected) : outcome == expected, "\(outcome)")
  }

  @Test func `A critical chunk's checksum matters, another's does not`() throws {
    for (name, reason) in [
      ("bad-header-crc.png", "CRC"), ("bad-data-crc.png", "CRC"), ("bad-data-check.png", "incorrect data check"),
    ] {
      let error = try inputError { _ = try ImageFixtures.image(name) }
      #expect(error.description.hasPrefix("is a damaged PNG: "), "\(error)")
      #expect(error.description.contains(reason), "\(error)")
    }
    let decoded = try ImageDecoder.decode(ImageFixtures.file("bad-text-crc.png"))
    #expect(decoded.warning?.contains("CRC") == true && !decoded.isDamaged)
  }

  @Test(arguments: [
    ("bad-data-check-apart.png", true), ("index-over-palette.png", true), ("more-data.png", false),
    ("rgb-8.png", false),
  ])
  func `A PNG is damaged where its pixels are in doubt`(name: String, isDamaged: Bool) throws {
    let decoded = try ImageDecoder.decode(ImageFixtures.file(name))
    #expect(decoded.isDamaged == isDamaged, "\(decoded.warning ?? "nothing said")")
    #expect(decoded.warning?.hasPrefix("is damaged: ") ?? false == isDamaged)
  }

  @Test func `Sizes that the data cannot have are refused`() throws {
    let huge = try inputError { _ = try ImageFixtures.image("claims-too-much.png") }
    #expect(huge.problem == "is 100000×100000 pixels large, over the limit of 268435456 pixels")
    #expect(throws: InputError.self) { try ImageFixtures.image("claims-more-rows.png") }
    #expect(throws: InputError.self) { try ImageFixtures.image("zero-width.png") }
    var jpeg = try ImageFixtures.bytes("gray.jpg")
    let frame = try #require(jpeg.indices.dropLast().first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0x00, 0xFF, 0x00])
    let error = try inputError { _ = try decode(jpeg) }
    #expect(error.problem == "is 65280×65280 pixels large, over the limit of 268435456 pixels")
  }

  @Test func `A palette's missing colours are black, not memory`() throws {
    let image = try ImageFixtures.image("index-over-palette.png")
    let pixels = Set(stride(from: 0, to: image.samples.count, by: 3).map { Array(image.samples[$0..<$0 + 3]) })
    #expect(pixels.isSubset(of: [[0, 0, 0], [0, 1, 2], [3, 4, 5]]))
  }

  @Test func `Endless scans are an error`() throws {
    let whole = try ImageFixtures.bytes("gray-progressive.jpg")
    let scans = whole.indices.dropLast().filter { whole[$0] == 0xFF && whole[$0 + 1] == 0xDA }
    let last = Array(whole[try #require(scans.last)..<whole.count - 2])
    let bomb = Array(whole.dropLast(2)) + Array(repeatElement(last, count: 2000).joined()) + [0xFF, 0xD9]
    let error = try inputError { _ = try decode(bomb) }
    #expect(error.description == "is a damaged JPEG: it has too many scans")
  }

  @Test func `EXIF that points anywhere is no orientation`() throws {
    let whole = try ImageFixtures.bytes("orientation-3.jpg")
    let start = try #require(whole.indices.first { whole[$0...].starts(with: Array("Exif".utf8)) }) + 6
    for offset in [0, 7, 0x20, 0xFFFF_FFFF, 0x7FFF_FFF0] as [UInt32] {
      var bytes = whole
      bytes.replaceSubrange(start + 4..<start + 8, with: withUnsafeBytes(of: offset.littleEndian) { Array($0) })
      let decoded = try decode(bytes)
      #expect((decoded.image.width, decoded.image.height) == (7, 5))
    }
  }
}
