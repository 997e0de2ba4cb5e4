import Foundation
import GradCAMCore
import ModelFormats
import TestSupport
import Testing

/// What becomes of pixels on their way: damaged images, 16-bit images, and the order of resizing's passes.
@Suite struct PixelTests {
  private static let strict =
    "gradcam: cut.jpg: is damaged: the file is cut short (without --strict it is explained all the same)"

  /// A folder with a whole photo and one of which the last third is missing.
  private func damagedFolder() -> Workplace {
    let folder = Workplace("xray.pth", "photo.jpg")
    let whole = Workplace.fixture("photo.jpg")
    folder.put(whole.prefix(whole.count * 2 / 3), as: "cut.jpg")
    return folder
  }

  @Test func `A damaged image is marked wherever it is shown`() throws {
    let folder = damagedFolder()
    let line = ["explain", "cut.jpg", "photo.jpg", "-w", "xray.pth"]
    let quiet = try Tool.run(line + ["--quiet", "-j", "1"], in: folder)
    #expect(quiet.status == 0 && quiet.errors == [])
    #expect(quiet.lines.map { $0.contains("  [damaged]  ") } == [true, false])
    let records = try Tool.run(line + ["--jsonl", "--quiet"], in: folder).lines.map { try JSON($0) }
    #expect(records[0]["damaged"].number == 1 && records[0]["warning"].text == "is damaged: the file is cut short")
    #expect(!records[1].keys.contains("damaged") && !records[1].keys.contains("warning"))
    let rows = try Tool.run(line + ["--csv"], in: folder).text.split(separator: "\r\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let column = try #require(rows[0].firstIndex(of: "damaged"))
    #expect(rows.dropFirst().map { $0[column] } == ["true", ""])
  }

  @Test func `A damaged image's pictures say so`() throws {
    let folder = damagedFolder()
    func picture(_ image: String, _ output: String) throws -> String {
      _ = try Tool.run(["explain", image, "-w", "xray.pth", "-o", output, "--panel", "--quiet"], in: folder)
      return String(decoding: folder.bytes(output) ?? [], as: UTF8.self)
    }
    #expect(try picture("cut.jpg", "o.png").contains("damaged\0yes"))
    #expect(try picture("photo.jpg", "o.png").contains("damaged\0no"))
    #expect(try picture("cut.jpg", "o.svg").contains("image: damaged, decoded only in part"))
    #expect(try !picture("photo.jpg", "o.svg").contains("image: damaged"))
  }

  @Test func `With --strict a damaged image has failed, however quiet`() throws {
    let folder = damagedFolder()
    for words in [[], ["--quiet"]] {
      let line = ["explain", "cut.jpg", "-w", "xray.pth", "--strict", "--jsonl"]
      let outcome = try Tool.run(line + words, in: folder)
      #expect(outcome.status == 1 && outcome.errors == [Self.strict])
      let record = try JSON(outcome.text)
      #expect(record["kind"].text == "damaged" && record["error"].text?.hasPrefix("is damaged: ") == true)
      #expect(folder.made == [])
    }
  }

  @Test func `Damage that spoils no pixel is told, and no reason to fail`() throws {
    let folder = Workplace("xray.pth")
    folder.put(Workplace.fixture("tiny.png").dropLast(12), as: "endless.png")
    let outcome = try folder.run("explain", "endless.png", "-w", "xray.pth", "--strict")
    #expect(outcome.errors.first == "gradcam: warning: endless.png: has all its pixels, but: the file is cut short")
    #expect(!outcome.text.contains("[damaged]"))
  }

  @Test func `Damaged images are verified, resumed and reported`() throws {
    let folder = damagedFolder()
    let line = [
      "explain", "cut.jpg", "photo.jpg", "-w", "xray.pth", "-d", "o", "--records", "r.jsonl", "--resume", "--jsonl",
    ]
    #expect(try Tool.run(line, in: folder).lines.count == 2)
    #expect(try Tool.run(line, in: folder).lines.isEmpty)
    #expect(try folder.run("verify", "r.jsonl").lines.last?.hasPrefix("2 same, ") == true)
    #expect(try folder.run("report", "r.jsonl", "-o", "page.html").status == 0)
    let page = try #require(folder.text("page.html"))
    #expect(page.contains(#""damaged":true"#) && page.contains(#""damaged":"the image could be decoded only in part"#))
    // With --strict the image fails, at every run.
    for _ in 0..<2 {
      let strict = try Tool.run(line + ["--strict"], in: folder)
      #expect(strict.status == 1 && strict.lines.first?.contains(#""kind":"damaged""#) == true)
    }
  }

  // MARK: - More than 8 bits

  @Test func `A 16-bit image that uses 12 bits is a warning that says what to type`() throws {
    let folder = Workplace("xray.pth")
    folder.put(Self.image(most: 65535, largest: 4000), as: "low.pgm")
    let warning = "gradcam: warning: low.pgm: no sample is above 4000 of 65535, as from 12 bits (if white is 4095: "
    let plain = try folder.run("explain", "low.pgm", "-w", "xray.pth", "--jsonl")
    #expect(
      plain.errors.contains(
        warning + "--preprocess window=0/4095, or, for these files alone, --preprocess bits=12)"))
    #expect(try JSON(plain.text)["warning"].text?.hasPrefix("no sample is above 4000 of 65535") == true)
    for words in ["half", "half,bits=8"] {
      let typed = try folder.run("explain", "low.pgm", "-w", "xray.pth", "--preprocess", words)
      #expect(
        typed.errors.contains(
          warning + "--preprocess window=0/4095, or, for these files alone, --preprocess half,bits=12)"))
    }
    for words in ["half,bits=12", "half,window=0/4095"] {
      #expect(!(try folder.run("explain", "low.pgm", "-w", "xray.pth", "--preprocess", words)).text.contains("12 bits"))
    }
    let inputs = try ["half,bits=12", "half,window=0/4095", "half"].map { try input(folder, $0) }
    #expect(inputs[0] == inputs[1] && inputs[0] != inputs[2])
  }

  @Test func `The upper 8 bits are no way to read the lower 8`() throws {
    let folder = Workplace("xray.pth")
    folder.put(Self.image(most: 65535, largest: 241), as: "low.pgm")
    let warning = "no sample is above 241 of 65535, as from 8 bits (if white is 255: --preprocess window=0/255)"
    #expect(
      try folder.run("explain", "low.pgm", "-w", "xray.pth").errors.contains("gradcam: warning: low.pgm: \(warning)"))
  }

  @Test(arguments: [
    (255, 255, "window=0/4095", "makes it darker than it is: its samples end at 255"),
    (65535, 65535, "window=0/4095", "whitens 93 % of its samples, which are above its upper end"),
    (65535, 4000, "window=60000/65535", "blackens all of its samples, which are at or below its lower end"),
    (65535, 65535, "bits=12", "whitens 93 % of its samples, which are above its upper end"),
    (1000, 1000, "bits=12", "makes it darker than it is: its samples end at 1000"),
  ]) func `A window or number of bits that does not fit a file is a warning`(
    most: Int, largest: Int, choice: String, problem: String
  ) throws {
    let folder = Workplace("xray.pth")
    folder.put(Self.image(most: most, largest: largest), as: "x.pgm")
    let outcome = try folder.run("explain", "x.pgm", "-w", "xray.pth", "--preprocess", "half,\(choice)", "--jsonl")
    let instead = choice.hasPrefix("window") ? "window=none" : "bits=auto"
    let warning = "\(choice) \(problem) (for such files \(instead), or one that fits them)"
    #expect(outcome.errors.contains("gradcam: warning: x.pgm: \(warning)"))
    #expect(try JSON(outcome.text)["warning"].text?.hasPrefix("\(choice) \(problem)") == true)
  }

  @Test func `Impossible keys are usage errors before any image`() throws {
    let folder = Workplace("xray.pth")
    for (words, problem) in [
      ("window=0/0", "window=0/0 has no width (LOW/HIGH, the lower first, as 0/4095; or none)"),
      ("half,bits=4", "bits=4 is unknown (auto, 8, or 9 to 16)"), ("pillow=1", "pillow=1 is unknown (one of 12, 13)"),
    ] {
      let outcome = try folder.run("explain", "missing.png", "-w", "xray.pth", "--preprocess", words)
      #expect(outcome.status == 2 && outcome.errors == ["gradcam: --preprocess: \(problem)"])
    }
  }

  // MARK: - Records of before

  /// What an older version wrote: the record of a tall image of 16 bits, made when samples were cut to 8 bits and resized
  /// across first.
  @Test func `A record of before repeats what was made then`() throws {
    let folder = Workplace("xray.pth")
    folder.put(Self.image(most: 65535, largest: 65535, height: 700), as: "tall.pgm")
    let words = ["explain", "tall.pgm", "-w", "xray.pth", "--records", "r.jsonl"]
    #expect(try Tool.run(words + ["--preprocess", "half,pillow=12,bits=8"], in: folder).status == 0)
    let old = try #require(folder.text("r.jsonl")).replacing(",bits=8,pillow=12\",\"", with: "\",\"").replacing(
      "half,pillow=12,bits=8", with: "half")
    #expect(!old.contains("pillow"))
    folder.put(old, as: "old.jsonl")
    #expect(
      try folder.run("verify", "old.jsonl").lines == ["1 same, 0 agrees, 0 differs, 0 not verified, 0 failed before"])
    #expect(try input(folder, "half", of: "tall.pgm") != input(folder, "half,pillow=12,bits=8", of: "tall.pgm"))
    #expect(try input(folder, "half,bits=8", of: "tall.pgm") != input(folder, "half,pillow=12,bits=8", of: "tall.pgm"))
  }

  @Test func `A model file keeps the keys`() throws {
    let folder = Workplace("xray.pth", "photo.jpg")
    let spec = "half,window=10/200,bits=8,pillow=12"
    #expect(try folder.run("convert", "xray.pth", "-o", "w.bin", "--preprocess", spec).status == 0)
    let card = try JSON(try folder.run("inspect", "w.bin", "--json").text)
    #expect(card["preprocess"].text?.hasSuffix(",window=10/200,bits=8,pillow=12") == true)
    let record = try JSON(try folder.run("explain", "photo.jpg", "-w", "w.bin", "--jsonl").text)
    #expect(record["preprocess"].text?.hasSuffix(",window=10/200,bits=8,pillow=12") == true)
  }

  private func input(_ folder: Workplace, _ specification: String, of image: String = "low.pgm") throws -> [Float] {
    let line = ["explain", image, "-w", "xray.pth", "--dump", "d", "--preprocess", specification]
    #expect(try Tool.run(line, in: folder).status == 0)
    return try folder.dump("d").tensor("input").logical()
  }

  /// A PGM of noise.
  private static func image(most: Int, largest: Int, height: Int = 40) -> [UInt8] {
    var samples: [UInt8] = []
    var state: UInt32 = 1
    for index in 0..<300 * height {
      state = state &* 1_664_525 &+ 1_013_904_223
      let sample = index == 0 ? largest : Int(state >> 8) % (largest + 1)
      samples += most > 255 ? [UInt8(sample >> 8), UInt8(sample & 255)] : [UInt8(sample)]
    }
    return Array("P5 300 \(height) \(most)\n".utf8) + samples
  }
}
