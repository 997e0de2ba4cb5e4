import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// BMP files and NumPy's arrays.
@Suite struct BitmapTests {
  private func decode(_ bytes: [UInt8], _ options: ImageDecoder.Options = .init()) throws -> DecodedImage {
    try ImageDecoder.decode(FileBytes(copying: bytes), options: options)
  }

  private func problem(_ bytes: [UInt8]) throws -> String { try inputError { _ = try decode(bytes) }.description }

  @Test(arguments: ImageFixtures.bitmaps.keys.sorted()) func `Equals Pillow's picture, to the byte`(name: String) throws
  {
    let decoded = try decode(try ImageFixtures.bytes(name, in: "bitmaps"))
    #expect(decoded.image == (try #require(ImageFixtures.bitmaps[name]).image))
    #expect(decoded.isDamaged == (name == "few-colors.bmp"))
  }

  @Test func `Arrays of 16 bits keep them`() throws {
    let decoded = try decode(try ImageFixtures.bytes("deep.npy", in: "bitmaps"))
    guard case .deep(let image) = decoded.content else { throw InputError("", "is not deep") }
    #expect(image.most == 65535 && image.width == 15 && image.height == 10 && (image.samples.max() ?? 0) > 30000)
  }

  @Test(arguments: [
    "index-4.bmp", "runs-8.bmp", "runs-4.bmp", "masks-565.bmp", "24.bmp", "rgb.npy", "unit-float16.npy",
  ])
  func `Damaged files are read or refused, and nothing else`(_ name: String) throws {
    let whole = try ImageFixtures.bytes(name, in: "bitmaps")
    let options = ImageDecoder.Options(maxPixels: 1 << 14)
    let files = Array(Damage.cuts(whole, about: 100)) + Array(Damage.changes(whole, count: 200))
    let outcome = Damage.outcome(files) { _ = try decode($0, options) }
    #expect(outcome.read > 10 && outcome.refused > 50, "\(outcome)")
  }

  @Test func `A header's claims are not believed`() throws {
    var bmp = try ImageFixtures.bytes("24.bmp", in: "bitmaps")
    bmp.replaceSubrange(18..<26, with: [0, 0x40, 0, 0, 0, 0x20, 0, 0])
    #expect(try problem(bmp).hasPrefix("is a damaged BMP: 40265"))
    var runs = try ImageFixtures.bytes("runs-8.bmp", in: "bitmaps")
    runs.replaceSubrange(18..<26, with: [0, 0x40, 0, 0, 0, 0x20, 0, 0])
    #expect(try problem(runs) == "is a damaged BMP: its runs are cut short")
    #expect(try problem(Array("BM\0\0\0\0\0\0\0\0\u{36}\0\0\0".utf8)).hasPrefix("is a damaged BMP: the file is cut"))
  }

  /// `BI_JPEG` and `BI_PNG`: the pixels are a whole file, of 0 bits a pixel.
  @Test func `A JPEG or a PNG in a bitmap is told with the pipe that takes it out`() throws {
    let inner = try ImageFixtures.bytes("24.bmp", in: "bitmaps")
    for (compression, name) in [(4, "a JPEG"), (5, "a PNG")] as [(UInt8, String)] {
      for (bits, offset) in [(0, 0), (24, 54), (0, 70)] as [(UInt8, UInt8)] {
        var bmp = inner
        (bmp[28], bmp[30], bmp[10]) = (bits, compression, offset)
        let start = offset == 0 ? 55 : offset + 1
        let pipe = "tail -c +\(start) x.bmp | gradcam explain - …"
        #expect(try problem(bmp) == "is a BMP that holds \(name), which is not read as such (\(pipe))")
      }
    }
  }

  private func array(_ type: String, _ shape: String, _ bytes: [UInt8] = []) -> [UInt8] {
    let header = Array("{'descr': '\(type)', 'fortran_order': False, 'shape': (\(shape)), }\n".utf8)
    return NumPyReader.magic + [1, 0, UInt8(header.count), 0] + header + bytes
  }

  @Test func `Arrays that are no picture say what would be one`() throws {
    #expect(
      try problem(array("<c8", "2, 2")).hasPrefix("is a .npy array of a type that is not read (float32, or uint8"))
    #expect(try problem(array("|O", "2, 2")).hasPrefix("is a .npy array of a type that is not read"))
    #expect(try problem(array("<f4", "8, 3, 2, 2")) == "is a .npy array of 8×3×2×2: a batch of 8 (one image a file)")
    #expect(try problem(array("<f4", "4")) == "is a .npy array of 4 (H W, H W C, C H W or N C H W)")
    #expect(
      try problem(array("<f4", [String](repeating: "1", count: 31).joined(separator: ", ")))
        == "is a .npy array of 1×1×1×1×1×1×… (H W, H W C, C H W or N C H W)")
    #expect(try problem(array("<f4", "")) == "is a .npy array of no axes (H W, H W C, C H W or N C H W)")
    #expect(try problem(array("<f4", "0, 4")) == "is a .npy array of 0×4, which is empty")
    #expect(try problem(array("|u1", "2, 5, 2")).contains("without an axis of 1 or 3 channels"))
    #expect(try problem(array("|u1", "100000, 100000")).contains("over the limit of 268435456 pixels"))
    #expect(
      try problem(array("|u1", "99, 99")) == "is a damaged .npy file: 9801 of its 9801 bytes of numbers are missing")
    #expect(try problem(array("<f4", "1, 1", [0, 0, 0xC0, 0x7F])) == "holds numbers that are not finite (finite ones)")
  }

  private func floats(_ numbers: [Float], _ shape: String) throws -> DecodedImage {
    try decode(array("<f4", shape, numbers.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } }))
  }

  @Test func `A tensor of the model's shape is taken as it is`() throws {
    let preprocessor = try Preprocessing(parsing: "mean=0.5,std=0.25").resolved(inputSize: (2, 2), channels: 3)
    let numbers = (0..<12).map { Float($0) * 0.3 - 1.8 }
    let prepared = try preprocessor.apply(to: try floats(numbers, "1, 3, 2, 2"))
    #expect(prepared.tensor.logical() == numbers)
    // Samples are (number · 0.25 + 0.5) · 255.
    #expect(prepared.crop.samples[..<4].elementsEqual([13, 89, 166, 32]))
    #expect(prepared.geometry.imageWidth == 2 && prepared.geometry.width == 2)
    let tensor = try floats(numbers, "1, 3, 2, 2")
    #expect(preprocessor.shown(tensor) == prepared.crop)
    let rows = try preprocessor.apply(to: try floats(numbers, "2, 2, 3"))
    #expect(rows.tensor.logical() == [0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11].map { numbers[$0] })
    // Levels that its own preprocessing cannot give are drawn from the least to the most.
    let far = try preprocessor.apply(to: try floats(numbers.map { $0 * 100 }, "3, 2, 2"))
    #expect(far.crop.samples.min() == 0 && far.crop.samples.max() == 255)
  }

  @Test func `An array of floats of another size is a picture, or refused`() throws {
    let preprocessor = try Preprocessing(parsing: "unit").resolved(inputSize: (1, 1), channels: 1)
    #expect(try preprocessor.apply(to: try floats([0, 0, 1, 1], "2, 2")).crop.samples == [128])
    let error = try inputError { _ = try preprocessor.apply(to: try floats([-2, 0, 1, 1], "2, 2")) }
    #expect(
      error.description
        == "is 1×2×2 with numbers from -2.0 to 1.0 (a tensor of the model's 1×1×1, or a picture with levels in 0…1 or 0…255)"
    )
    let open = try Preprocessing(parsing: "unit,resize=none,crop=none").resolved(inputSize: nil, channels: 1)
    #expect(try open.apply(to: try floats([-2, 0, 1, 1], "1, 1, 2, 2")).tensor.logical() == [-2, 0, 1, 1])
  }
}
