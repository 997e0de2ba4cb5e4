import ModelFormats
import Synchronization
import TestSupport
import Testing

@testable import GradCAMCore

/// DICOM files of every kind, and what is wrong with others.
@Suite struct DICOMDecoderTests {
  private func decode(_ bytes: [UInt8], _ options: ImageDecoder.Options = .init()) throws -> DecodedImage {
    try ImageDecoder.decode(FileBytes(copying: bytes), options: options)
  }

  private func problem(_ writer: DICOMWriter, _ options: ImageDecoder.Options = .init()) throws -> String {
    let error = try inputError { _ = try decode(writer.file, options) }
    return error.description
  }

  @Test(arguments: ImageFixtures.dicom.keys.sorted()) func `Equals pydicom's picture in 8 bits`(name: String) throws {
    let parts = name.split(separator: "/").map(String.init)
    var options = ImageDecoder.Options()
    if let choice = parts.dropFirst().first?.split(separator: "=") {
      let number = Int(choice[1])
      if choice[0] == "frame" { options.frame = number } else { options.window = number.map { .number($0) } ?? .none }
    }
    let decoded = try decode(try ImageFixtures.bytes(parts[0], in: "dicom"), options)
    let answer = try #require(ImageFixtures.dicom[name])
    #expect(decoded.image == answer.image)
    #expect(!decoded.isDamaged)
  }

  @Test func `What is taken for granted is a warning`() throws {
    func warning(_ name: String, _ options: ImageDecoder.Options = .init()) throws -> String? {
      try decode(try ImageFixtures.bytes(name, in: "dicom"), options).warning
    }
    #expect(try warning("explicit.dcm") == nil && warning("eight-bits.dcm") == nil && warning("palette-8.dcm") == nil)
    #expect(try warning("no-window.dcm") == "has no window: its least and most values are taken for black and white")
    var options = ImageDecoder.Options()
    options.window = .none
    #expect(try warning("no-window.dcm", options) == nil)
    #expect(try warning("jpeg-frames.dcm") == "has 3 frames, of which the first is taken")
    options.frame = 1
    #expect(try warning("jpeg-frames.dcm", options) == nil)
  }

  @Test func `Frames and windows that a file has not are refused`() throws {
    func problem(_ name: String, frame: Int? = nil, window: Int? = nil) throws -> String {
      var options = ImageDecoder.Options()
      options.frame = frame
      if let window { options.window = .number(window) }
      let bytes = try ImageFixtures.bytes(name, in: "dicom")
      return try inputError { _ = try decode(bytes, options) }.description
    }
    #expect(try problem("explicit.dcm", frame: 2) == "has one frame, and frame is 2 (1 to 1)")
    #expect(try problem("frames.dcm", frame: 4) == "has 3 frames, and frame is 4 (1 to 3)")
    #expect(try problem("eight-bits.dcm", window: 1) == "has no window, and window is 1 (without it)")
    #expect(try problem("explicit.dcm", window: 2) == "has one window, and window is 2 (1 to 1)")
    #expect(try problem("table-and-window.dcm", window: 3) == "has 2 windows, and window is 3 (1 to 2)")
  }

  @Test func `Pictures that are not read are refused by name`() throws {
    var writer = DICOMWriter.picture()
    writer.syntax = "1.2.840.10008.1.2.4.90"
    #expect(
      try problem(writer)
        == "is a DICOM file in JPEG 2000 Lossless, which is not read (gdcmconv --raw in.dcm out.dcm)")
    writer.syntax = "1.2.840.10008.1.2.4.80"
    #expect(try problem(writer).hasSuffix("JPEG-LS Lossless, which is not read (dcmdjpls in.dcm out.dcm)"))
    writer.syntax = "1.2.3.4"
    #expect(try problem(writer).hasPrefix("is a DICOM file in the transfer syntax 1.2.3.4, which is not read"))
    writer.syntax = "Doe^Jane"
    #expect(try problem(writer).hasPrefix("is a DICOM file in a transfer syntax of no known form"))
    for end in ["4.51", "4.80", "4.90", "4.100", "4.102", "4.107", "4.110", "4.201", "7.1", "8.1"] {
      writer.syntax = "1.2.840.10008.1.2.\(end)"
      #expect(try problem(writer).utf8.count <= 250)
    }
    var report = DICOMWriter()
    report.add(0x0008_0060, "CS", text: "SR")
    #expect(try problem(report) == "is a DICOM file without pixels (one with a picture)")
    report.raw([0, 0, 0, 0])
    #expect(try problem(report) == "is a DICOM file without pixels (one with a picture)")
    var deep = DICOMWriter.picture(bits: 32)
    deep.add(0x7FE0_0010, "OW", [UInt8](repeating: 0, count: 16))
    #expect(try problem(deep).hasPrefix("is a DICOM file of 32 bits a sample, which is not read"))
    var floats = DICOMWriter.picture()
    floats.add(0x7FE0_0008, "OF", [UInt8](repeating: 0, count: 16))
    #expect(try problem(floats).hasPrefix("is a DICOM file with pixels of floating point"))
    for kind in ["YBR_FULL", "YBR_FULL_422 "] {
      for bits in [7, 16] as [UInt16] {
        var colors = DICOMWriter.picture(bits: bits > 8 ? 16 : 8)
        colors.add(0x0028_0002, "US", word: 3)
        colors.add(0x0028_0004, "CS", text: kind)
        colors.add(0x0028_0101, "US", word: bits)
        colors.add(0x0028_0102, "US", word: bits - 1)
        colors.add(0x7FE0_0010, "OW", [UInt8](repeating: 128, count: 24))
        #expect(
          try problem(colors).hasSuffix(
            "with \(bits) bits a sample, which is not read (\(kind.hasSuffix(" ") ? "YBR_FULL_422" : kind) of 8 bits, or RGB)"
          ))
      }
    }
    #expect(try inputError { _ = try decode(Self.directory) }.description.hasPrefix("is a DICOMDIR, an index"))
  }

  private static var directory: [UInt8] {
    var writer = DICOMWriter()
    writer.add(0x0002_0002, "UI", text: "1.2.840.10008.1.3.10")
    writer.add(0x0002_0003, "UI", text: "1.2")
    return [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + writer.body
  }

  /// Pixels by pairs share their colours, whatever a file says of planes: read as planes there would be too few of them.
  @Test func `Colours of pairs are no planes`() throws {
    func picture(planes: UInt16) throws -> [UInt8] {
      var writer = DICOMWriter.picture()
      writer.add(0x0028_0002, "US", word: 3)
      writer.add(0x0028_0004, "CS", text: "YBR_FULL_422")
      writer.add(0x0028_0006, "US", word: planes)
      writer.add(0x7FE0_0010, "OB", [10, 200, 128, 128, 90, 40, 100, 150])
      return try decode(writer.file).image.samples
    }
    #expect(try picture(planes: 1) == picture(planes: 0))
    #expect(try picture(planes: 0).prefix(6) == [10, 10, 10, 200, 200, 200])
  }

  @Test func `Empty segments of a palette are damage`() throws {
    var writer = DICOMWriter.picture()
    writer.add(0x0028_0004, "CS", text: "PALETTE COLOR ")
    let segments: [UInt16] = [0, 1, 5] + [UInt16](repeating: 0, count: 40) + [2, 20, 3, 0]
    for channel in 0..<3 as Range<UInt32> {
      writer.add(0x0028_1101 + channel, "US", [0, 1, 0, 0, 16, 0])
      writer.add(0x0028_1221 + channel, "OW", segments.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] })
    }
    writer.add(0x7FE0_0010, "OB", [0, 1, 2, 3])
    #expect(try problem(writer).hasPrefix("is a damaged DICOM file"))
  }

  @Test func `Windows without a width are refused with the ways out`() throws {
    var writer = DICOMWriter.picture()
    writer.add(0x0028_1050, "DS", text: "40\\90 ")
    writer.add(0x0028_1051, "DS", text: "0\\100 ")
    writer.add(0x7FE0_0010, "OB", [1, 2, 3, 4])
    let wanted =
      "has a window of the width 0 (1 at least; window N takes another of the file's, window none its values' range)"
    #expect(try problem(writer) == wanted)
    var options = ImageDecoder.Options()
    options.window = .number(2)
    #expect(try decode(writer.file, options).image.samples.count == 4)
    options.window = .none
    #expect(try decode(writer.file, options).image.samples == [1, 2, 3, 4])
  }

  @Test func `Windows and slopes that are no numbers are told`() throws {
    func written(_ elements: [(UInt32, String)]) -> DICOMWriter {
      var writer = DICOMWriter.picture()
      for (tag, text) in elements { writer.add(tag, "DS", text: text) }
      writer.add(0x7FE0_0010, "OB", [1, 2, 3, 4])
      return writer
    }
    let ways = "(window N takes another of the file's, window none its values' range)"
    var options = ImageDecoder.Options()
    for (center, width) in [("4O", "100 "), ("40", "wide"), ("40,5", "100 "), ("Doe^", "100 ")] {
      let writer = written([(0x0028_1050, center), (0x0028_1051, width)])
      options.window = .number(nil)
      #expect(try problem(writer) == "is a damaged DICOM file: its window 1 is no pair of numbers \(ways)")
      options.window = .none
      #expect(try decode(writer.file, options).image.samples == [1, 2, 3, 4])
    }
    let second = written([(0x0028_1050, "x\\2 "), (0x0028_1051, "4\\4 ")])
    options.window = .number(2)
    #expect(try decode(second.file, options).image.samples.last == 255)
    // Empty values are none.
    let empty = written([(0x0028_1050, "  "), (0x0028_1051, "")])
    #expect(try decode(empty.file).image.samples == [1, 2, 3, 4])
    let width = written([(0x0028_1050, "40"), (0x0028_1051, "0.50")])
    #expect(try problem(width).hasPrefix("has a window of the width 0.50 (1 at least; window N"))
    let slope = written([(0x0028_1052, "0 "), (0x0028_1053, "1,5 ")])
    #expect(try problem(slope) == "is a damaged DICOM file: its rescale slope is no number")
  }

  @Test func `A slope of 1 and an intercept of 0 change nothing`() throws {
    func samples(_ slope: String, _ intercept: String) throws -> [UInt8] {
      var writer = DICOMWriter.picture()
      writer.add(0x0028_1052, "DS", text: intercept)
      writer.add(0x0028_1053, "DS", text: slope)
      writer.add(0x7FE0_0010, "OB", [1, 2, 3, 4])
      return try decode(writer.file).image.samples
    }
    #expect(try samples("1 ", "0 ") == [1, 2, 3, 4] && samples("1.0 ", "") == [1, 2, 3, 4])
    #expect(try samples("2 ", "0 ") == [0, 85, 170, 255] && samples("1 ", "5 ") == [0, 85, 170, 255])
  }

  /// Writers that name the implicit transfer syntax and write representations all the same.
  @Test func `What is written decides, not what is said of it`() throws {
    for syntax in ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1"] {
      var bytes = try ImageFixtures.bytes("explicit.dcm", in: "dicom")
      let (name, place) = (Array("1.2.840.10008.1.2.1".utf8), 132)
      let uid = try #require(bytes[place...].firstRange(of: name))
      bytes.replaceSubrange(
        uid, with: Array(syntax.utf8) + [UInt8](repeating: 0, count: name.count - syntax.utf8.count))
      #expect(try decode(bytes).image == ImageFixtures.dicom["explicit.dcm"]?.image)
    }
  }

  @Test func `Lengths that point outside and sizes that are not there`() throws {
    var outside = DICOMWriter.picture()
    outside.add(0x0008_0060, "OB", [1, 2], length: 1 << 30)
    #expect(try problem(outside).hasPrefix("is a damaged DICOM file: it is cut short, or a length points outside"))
    var endless = DICOMWriter.picture(rows: 65535, columns: 4000)
    endless.add(0x7FE0_0010, "OB", [1, 2, 3, 4], length: 65535 * 4000)
    let missing = "is a damaged DICOM file: 262139996 of the 262140000 bytes of its pixels are missing"
    #expect(try problem(endless) == missing)
    var runs = DICOMWriter.picture(rows: 65535, columns: 4000)
    runs.syntax = "1.2.840.10008.1.2.5"
    runs.add(0x7FE0_0010, "OB", [], length: .max)
    runs.mark(0xFFFE_E000)
    runs.mark(0xFFFE_E000, length: 66)
    runs.raw([1, 0, 0, 0, 64, 0, 0, 0] + [UInt8](repeating: 0, count: 58))
    runs.mark(0xFFFE_E0DD)
    #expect(try problem(runs) == "is a damaged DICOM file: its pixels are cut short")
    let cut = "is a damaged DICOM file: it is cut short before its pixels, or they were taken out"
    #expect(try problem(.picture(rows: 0)) == cut)
    var torn = DICOMWriter()
    torn.add(0x0008_0060, "CS", text: "CR")
    torn.raw([0x28, 0, 2, 0, 0x55])
    #expect(try problem(torn) == cut)
  }

  @Test func `Sequences are walked without calling oneself, and nest no deeper than any file's`() throws {
    func nested(_ depth: Int) -> DICOMWriter {
      var writer = DICOMWriter()
      for _ in 0..<depth {
        writer.add(0x0008_1140, "SQ", [], length: .max)
        writer.mark(0xFFFE_E000, length: .max)
      }
      for _ in 0..<depth {
        writer.mark(0xFFFE_E00D)
        writer.mark(0xFFFE_E0DD)
      }
      var picture = DICOMWriter.picture()
      picture.add(0x7FE0_0010, "OB", [1, 2, 3, 4])
      writer.raw(picture.body)
      return writer
    }
    #expect(try decode(nested(32).file).image.samples == [1, 2, 3, 4])
    #expect(try problem(nested(100_000)) == "is a damaged DICOM file: its sequences nest over 32 deep")
  }

  @Test func `Deflated data without end are refused`() throws {
    var writer = DICOMWriter()
    writer.syntax = "1.2.840.10008.1.2.1.99"
    var bits: [UInt8] = []
    // Fixed codes, the last block: a literal zero, then copies of 258 at distance 1.
    func put(_ value: Int, _ count: Int, reversed: Bool = false) {
      for place in 0..<count { bits.append(UInt8(value >> (reversed ? count - 1 - place : place) & 1)) }
    }
    put(1, 1)
    put(1, 2)
    put(0x30, 8, reversed: true)
    for _ in 0..<2000 {
      put(0b1100_0101, 8, reversed: true)
      put(0, 5, reversed: true)
    }
    writer.raw(
      stride(from: 0, to: bits.count, by: 8).map { start in
        bits[start..<min(start + 8, bits.count)].enumerated().reduce(0) { $0 | $1.element << $1.offset }
      })
    // Half a million zeros are elements without a value, and no end of the block.
    #expect(try problem(writer) == "is a damaged DICOM file: its deflated data are cut short")
  }

  @Test func `Nothing of the patient's is in a message or a picture's description`() throws {
    var writer = DICOMWriter()
    writer.add(0x0010_0010, "PN", text: "Doe^Jane")
    writer.add(0x0028_0004, "CS", text: "Doe^Jane")
    writer.add(0x0028_0010, "US", word: 2)
    writer.add(0x0028_0011, "US", word: 2)
    writer.add(0x0028_0100, "US", word: 8)
    writer.add(0x7FE0_0010, "OB", [1, 2, 3, 4])
    #expect(!(try problem(writer).contains("Doe")))
  }

  @Test func `What decoding takes is told first`() throws {
    func extent(_ name: String) throws -> PictureExtent {
      let seen = Mutex<PictureExtent?>(nil)
      var options = ImageDecoder.Options()
      options.admit = { (extent) throws(InputError) in seen.withLock { $0 = extent } }
      _ = try decode(try ImageFixtures.bytes(name, in: "dicom"), options)
      return try #require(seen.withLock { $0 })
    }
    let gray = try extent("explicit.dcm")
    #expect(gray.size == ImageSize(width: 23, height: 18) && gray.channels == 1 && gray.sampleBytes == 1)
    #expect(gray.decodingBytes == 23 * 18 * 3)
    #expect(try extent("tall-pixels.dcm").size == ImageSize(width: 30, height: 22))
    #expect(try extent("wide-pixels.dcm").size == ImageSize(width: 18, height: 30))
    let color = try extent("lossless-rgb.dcm")
    #expect(color.channels == 3 && color.decodingBytes > 20 * 14 * 9)
  }

  @Test(arguments: [
    "explicit", "implicit", "deflated", "undefined-lengths", "window-table", "palette-segments", "runs-rgb-16",
    "jpeg-no-offsets", "lossless-planes", "lossless-16", "ybr-422",
  ]) func `Damaged files are read or refused, and nothing else`(_ name: String) throws {
    let whole = try ImageFixtures.bytes("\(name).dcm", in: "dicom")
    let options = ImageDecoder.Options(maxPixels: 1 << 14)
    let files = Array(Damage.cuts(whole, about: 60)) + Array(Damage.changes(whole, count: 120))
    let outcome = Damage.outcome(files) { _ = try decode($0, options) }
    #expect(outcome.read > 10 && outcome.refused > 40, "\(outcome)")
  }
}
