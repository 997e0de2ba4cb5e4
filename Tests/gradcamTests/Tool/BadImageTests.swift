import Testing

/// Images that cannot be explained: status 1, one line, nothing left.
@Suite struct BadImageTests {
  private func refusal(_ bytes: some Sequence<UInt8>) throws -> String {
    let folder = Workplace("xray.pth")
    folder.put(bytes, as: "bad.jpg")
    let outcome = try folder.run("explain", "bad.jpg", "-w", "xray.pth")
    #expect(outcome.status == 1)
    #expect(outcome.output.isEmpty && outcome.errors.count == 1)
    #expect(folder.made == [])
    return outcome.errors.first ?? ""
  }

  private static let contents: [(String, String)] = [
    ("", "is empty"), ("hello\n", "is a text file (gradcam reads JPEG, PNG, PPM, PGM, PBM, BMP, DICOM and .npy)"),
    ("\u{0}\u{1}\u{2}", "is not an image (gradcam reads JPEG, PNG, PPM, PGM, PBM, BMP, DICOM and .npy)"),
    ("GIF89a\u{1}\u{0}", "is a GIF image (convert 'x.gif[0]' png:- | gradcam explain - …)"),
    ("%PDF-1.7\n%", "is a PDF document (pdftoppm -r 150 -f 1 -singlefile -png x.pdf | gradcam explain - …)"),
  ]

  @Test(arguments: contents) func `No image that is read`(_ text: String, _ problem: String) throws {
    #expect(try refusal(text.utf8) == "gradcam: bad.jpg: \(problem)")
  }

  @Test(arguments: [
    (1, "is not an image (gradcam reads JPEG, PNG, PPM, PGM, PBM, BMP, DICOM and .npy)"),
    (2, "is a damaged JPEG: JPEG datastream contains no image"),
    (20, "is a damaged JPEG: JPEG datastream contains no image"),
    (300, "is a damaged JPEG: Invalid JPEG file structure: missing SOS marker"),
  ])
  func `A JPEG cut before its first pixel`(_ count: Int, _ problem: String) throws {
    #expect(try refusal(Workplace.fixture("photo.jpg").prefix(count)) == "gradcam: bad.jpg: \(problem)")
  }

  @Test(arguments: [1, 2, 8, 20, 33, 60, 1000]) func `A PNG that is cut`(_ count: Int) throws {
    let problem =
      count == 1
      ? "is not an image (gradcam reads JPEG, PNG, PPM, PGM, PBM, BMP, DICOM and .npy)"
      : "is a damaged PNG: the file is cut short"
    #expect(try refusal(Workplace.fixture("tiny.png").prefix(count)) == "gradcam: bad.jpg: \(problem)")
  }

  @Test func `A PNG that claims to be endless`() throws {
    var png = Workplace.fixture("tiny.png")
    let side: [UInt8] = [0, 1, 0x86, 0xA0]
    png.replaceSubrange(16..<24, with: side + side)
    // The header's checksum, so that its size is what is complained of.
    png.replaceSubrange(29..<33, with: Checksum.of(png[12..<29]))
    #expect(
      try refusal(png)
        == "gradcam: bad.jpg: is 100000×100000 pixels large, over the limit of 268435456 pixels (scale it down, "
        + "or raise the limit by --max-pixels)")
  }

  @Test(arguments: [2, 4]) func `A JPEG that can be finished is explained with a warning`(_ part: Int) throws {
    let folder = Workplace("xray.pth")
    let whole = Workplace.fixture("photo.jpg")
    folder.put(whole.prefix(whole.count * (part - 1) / part), as: "cut.jpg")
    let outcome = try folder.run("explain", "cut.jpg", "-w", "xray.pth")
    #expect(outcome.status == 0)
    #expect(outcome.errors == ["gradcam: warning: cut.jpg: is damaged: the file is cut short"])
    #expect(folder.made == ["cut.gradcam.png"])
    let quiet = try folder.run("explain", "cut.jpg", "-w", "xray.pth", "--quiet")
    #expect(quiet.status == 0 && quiet.errors == [])
  }

  @Test func `No such file, and a folder in a file's place`() throws {
    let folder = Workplace("xray.pth", "photo.jpg")
    let missing = try folder.run("explain", "missing.jpg", "-w", "xray.pth")
    #expect(missing.status == 1 && missing.errors == ["gradcam: missing.jpg: no such file"])
    let below = try folder.run("explain", "photo.jpg/x", "-w", "xray.pth")
    #expect(below.status == 1 && below.errors == ["gradcam: photo.jpg/x: not a directory"])
    #expect(folder.made == [])
  }

  @Test func `One bad image does not keep the others from being explained`() throws {
    let folder = Workplace("xray.pth", "photo.jpg", "gray.jpg")
    let outcome = try folder.run("explain", "photo.jpg", "missing.jpg", "gray.jpg", "-w", "xray.pth", "--jsonl")
    #expect(outcome.status == 1)
    #expect(outcome.lines.count == 3)
    #expect(outcome.lines[1] == #"{"error":"no such file","image":"missing.jpg","kind":"unreadable"}"#)
    #expect(folder.made == ["gray.gradcam.png", "photo.gradcam.png"])
  }

  @Test func `Endless and empty devices`() throws {
    let folder = Workplace("xray.pth")
    let empty = try folder.run("explain", "/dev/null", "-w", "xray.pth")
    #expect(empty.status == 1 && empty.errors == ["gradcam: /dev/null: is empty"])
    let endless = try folder.run("explain", "/dev/zero", "-w", "xray.pth")
    #expect(endless.status == 1 && endless.errors == ["gradcam: /dev/zero: is larger than 536870912 bytes"])
    let input = try folder.run("explain", "-", "-w", "xray.pth")
    #expect(input.status == 1 && input.errors == ["gradcam: -: is empty"])
    #expect(folder.made == [])
  }
}

/// PNG's CRC-32.
enum Checksum {
  static func of(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    let register = bytes.reduce(UInt32.max) { register, byte in
      (0..<8).reduce(register ^ UInt32(byte)) { value, _ in value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xEDB8_8320 }
    }
    return (0..<4).map { UInt8(truncatingIfNeeded: ~register >> (24 - 8 * $0)) }
  }
}
