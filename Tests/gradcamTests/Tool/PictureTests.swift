import Foundation
import GradCAMCore
import ModelFormats
import TestSupport
import Testing

/// What pictures are written as, and what clipping and the canvas do to them and to the numbers beside them.
@Suite struct PictureTests {
  private let folder = Workplace("photo.jpg", "rotated.jpg", "xray.pth")

  private func record(_ words: String...) throws -> JSON {
    let outcome = try Tool.run(["explain", "-w", "xray.pth", "--jsonl", "-o", "x.png"] + words, in: folder)
    try #require(outcome.status == 0, "\(outcome.errors)")
    return try JSON(outcome.text)
  }

  private func image(_ name: String) throws -> Image {
    try ImageDecoder.decode(FileBytes(copying: try #require(folder.bytes(name)))).image
  }

  /// A `.npy` file's shape and numbers.
  private func numbers(_ name: String) throws -> (shape: [Int], values: [Float]) {
    let file = try #require(folder.bytes(name))
    let length = Int(file[8]) + Int(file[9]) << 8
    let header = String(decoding: file[10..<10 + length], as: UTF8.self)
    let shape = header.split(separator: "(")[1].split(separator: ")")[0].split(separator: ",")
    let values = stride(from: 10 + length, to: file.count, by: 4).map { start in
      Float(bitPattern: file[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) })
    }
    return (shape.compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }, values)
  }

  // MARK: - Endings

  private static let looks: [[String]] = [[], ["--panel"], ["--canvas", "original", "--boxes"]]

  @Test(arguments: ["a.png", "a.PNG", "a.jpg", "a.JPEG", "a.svg", "a.b.Svg"], looks)
  func `The ending says what an overlay is written as`(name: String, words: [String]) throws {
    let outcome = try Tool.run(["explain", "photo.jpg", "-w", "xray.pth", "-o", name] + words, in: folder)
    #expect(outcome.status == 0 && outcome.text.hasPrefix("\(name)  positive "))
    let heads: [Character: [UInt8]] = [
      "p": [0x89, 0x50, 0x4E, 0x47], "j": [0xFF, 0xD8, 0xFF], "s": Array("<?xml".utf8),
    ]
    let head = try #require(name.split(separator: ".").last?.lowercased().first.flatMap { heads[$0] })
    #expect(folder.made == [name] && folder.bytes(name)?.starts(with: head) ?? false)
  }

  @Test func `A JPEG shows what the PNG does`() throws {
    _ = try folder.explain("-o", "x.png", "--panel")
    _ = try folder.explain("-o", "x.jpg", "--panel")
    let (plain, packed) = (try image("x.png"), try image("x.jpg"))
    #expect(plain.size == packed.size)
    let sum = zip(plain.samples, packed.samples).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
    #expect(Double(sum) / Double(plain.samples.count) < 2)
    let bytes = try #require(folder.bytes("x.jpg"))
    #expect(String(decoding: bytes.prefix(2000), as: UTF8.self).contains("method: gradcam\nlayer: resnet_blocks.4\n"))
  }

  @Test func `An SVG says in text what it shows`() throws {
    folder.put("a <b> & \u{1B}[31m\nnot \"c\"", as: "labels.txt")
    _ = try folder.explain("-o", "x.svg", "--labels", "labels.txt", "-m", "saliency")
    let text = try #require(folder.text("x.svg"))
    for line in [
      "prediction: not &quot;c&quot; ", "map: evidence for not &quot;c&quot;", "method: saliency", "layer: input",
      "verdict: ok", "full from percentile 99 ", ">≥ 0.",
    ] {
      #expect(text.contains(line), "\(line)")
    }
    _ = try folder.explain("-o", "x.svg", "--labels", "labels.txt", "-t", "0", "--counterfactual")
    let against = try #require(folder.text("x.svg"))
    #expect(against.contains("map: evidence against a &lt;b&gt; &amp; \\u{1b}[31m") && !against.contains("\u{1B}"))
    #expect(!against.contains("percentile"))
  }

  @Test(arguments: ["x.gif", "x.tiff", "x.webp", "x.pdf", "x", "x.", ".png.txt", "jpg", "sub.png/x"])
  func `An ending that no writer has is refused before any image is read`(_ name: String) throws {
    let outcome = try folder.run("explain", "absent.jpg", "-w", "xray.pth", "-o", name)
    #expect(outcome.status == 2 && outcome.output.isEmpty && folder.made.isEmpty)
    #expect(
      outcome.errors == [
        "gradcam: --output: '\(name)' ends in neither .png, .jpg nor .svg (FILE.png, FILE.jpg or FILE.svg)"
      ])
  }

  @Test func `Numbers are no picture`() throws {
    let outcome = try folder.explain("-o", "x.npy")
    #expect(outcome.status == 2)
    #expect(outcome.errors == ["gradcam: --output: is a picture, and .npy holds numbers (--heatmap x.npy)"])
  }

  @Test func `A device needs no ending`() throws {
    let outcome = try folder.explain("-o", "/dev/null")
    #expect(outcome.status == 0 && outcome.text.hasPrefix("/dev/null  positive "))
  }

  @Test func `Folder scans pass over all that the tool wrote`() throws {
    folder.put(Workplace.fixture("photo.jpg"), as: "in/photo.jpg")
    for name in ["a.jpg", "b.jpeg", "c.svg", "d.png"] { _ = try folder.explain("-o", "in/\(name)") }
    for name in ["e.jpg", "f.svg"] { _ = try folder.explain("-o", "x.png", "--heatmap", "in/\(name)") }
    _ = try folder.explain("-o", "x.png", "--heatmap", "in/g.png", "--canvas", "original")
    let outcome = try folder.run("explain", "in", "-w", "xray.pth", "-d", "out", "--verbose")
    #expect(outcome.status == 0 && outcome.lines.count == 1)
    #expect(outcome.errors.contains("7 overlay(s) of gradcam's in folders were passed over"))
    #expect(!outcome.errors.contains { $0.contains("hold no image") })
  }

  @Test(arguments: ["jpg", "jpeg", "svg", "png", "npy"]) func `A cut file is made again`(_ ending: String) throws {
    func run() throws -> Int {
      let line = ["explain", "photo.jpg", "-w", "xray.pth", "-o", "o.\(ending == "npy" ? "png" : ending)", "--records"]
      return try Tool.run(line + ["r", "--resume", "--heatmap", "h.\(ending)"], in: folder).lines.count
    }
    #expect(try run() == 1 && run() == 0)
    let whole = try #require(folder.bytes("h.\(ending)"))
    try Data(ending == "npy" ? [] : whole.dropLast(3)).write(to: URL(fileURLWithPath: folder.path("h.\(ending)")))
    #expect(try run() == 1 && run() == 0)
    #expect(folder.bytes("h.\(ending)") == whole)
  }

  // MARK: - Clipping

  @Test func `Clipping changes pictures alone`() throws {
    let usual = try record("photo.jpg", "-m", "saliency", "--heatmap", "a.npy", "--dump", "a")
    let usualPicture = try image("x.png")
    let off = try record("photo.jpg", "-m", "saliency", "--clip", "100", "--heatmap", "b.npy", "--dump", "b")
    let offPicture = try image("x.png")
    _ = try record("photo.jpg", "-m", "saliency", "--clip", "99")
    #expect(try image("x.png") == usualPicture && usualPicture != offPicture)
    #expect(folder.bytes("a.npy") == folder.bytes("b.npy") && folder.bytes("a") == folder.bytes("b"))
    let (clipped, plain) = (usual["maps"][0], off["maps"][0])
    for key in ["map_min", "map_max", "border", "entropy"] { #expect(clipped[key].number == plain[key].number) }
    #expect(clipped["clip"].number == 99 && plain["clip"].number == nil && plain["clip_value"].number == nil)
    let sorted = try numbers("a.npy").values.map(abs).sorted()
    let place = 0.99 * Double(sorted.count - 1)
    let between = sorted[Int(place)]...sorted[Int(place) + 1]
    #expect(between.contains(Float(try #require(clipped["clip_value"].number))))
  }

  @Test func `Maps of layers and libraries' pictures are not clipped where nobody asks for it`() throws {
    for words in [["-m", "gradcam"], ["-m", "saliency", "--compat", "captum"], ["-m", "occlusion"]] {
      func drawn(_ more: String...) throws -> (JSON, Image) {
        let line = ["explain", "-w", "xray.pth", "--jsonl", "-o", "x.png", "photo.jpg"] + words + more
        let outcome = try Tool.run(line, in: folder)
        return (try JSON(outcome.text)["maps"][0], try image("x.png"))
      }
      let (plain, off, clipped) = (try drawn(), try drawn("--clip", "100"), try drawn("--clip", "80"))
      #expect(plain.0["clip"].number == nil && plain.1 == off.1)
      #expect(clipped.0["clip"].number == 80 && clipped.1 != plain.1)
    }
  }

  @Test(arguments: ["0", "-1", "100.1", "nan", "inf", "x", "99%"]) func `No percentile`(_ value: String) throws {
    let outcome = try folder.run("explain", "absent.jpg", "-w", "xray.pth", "--clip=\(value)")
    #expect(outcome.status == 2 && outcome.errors.count == 1)
    #expect(outcome.errors[0].hasPrefix("gradcam: --clip: '\(value)' is "))
    #expect(outcome.errors[0].hasSuffix("(a number above 0, to 100, which clips nothing)"))
  }

  @Test func `One scale for all maps is not clipped`() throws {
    let map = try record("photo.jpg", "-m", "saliency", "--scale", "0.001")["maps"][0]
    #expect(map["clip"].number == nil && map["scale"].number != nil)
    let outcome = try folder.run("explain", "absent.jpg", "-w", "xray.pth", "--scale", "1", "--clip", "90")
    #expect(outcome.status == 2)
    #expect(outcome.errors == ["gradcam: --clip: and --scale both say where the colours end (one of the two)"])
  }

  // MARK: - The whole image's pixels

  @Test func `A map on the image's own grid, as numbers and in 16 bits`() throws {
    let record = try record("photo.jpg", "--canvas", "original", "--heatmap", "h.npy", "--dump", "d")
    #expect(record["canvas"].text == "original")
    _ = try self.record("photo.jpg", "--canvas", "original", "--heatmap", "h.png")
    let whole = try numbers("h.npy")
    #expect(whole.shape == [90, 120])
    // The crop is the square in the middle: columns 15 to 105.
    let cells = try folder.dump("d").tensor("heatmap").logical()
    let crop = Heatmap(width: 8, height: 8, values: cells).resized(width: 90, height: 90)
    for y in 0..<90 {
      let row = whole.values[y * 120..<(y + 1) * 120]
      #expect(Array(row.dropFirst(15).prefix(90)) == Array(crop.values[y * 90..<(y + 1) * 90]))
      #expect(row.prefix(15).allSatisfy { $0 == 0 } && row.suffix(15).allSatisfy { $0 == 0 })
    }
    let file = try #require(folder.bytes("h.png"))
    // The header's width, height, depth and kind: gray of 16 bits.
    #expect(Array(file[16..<26]) == [0, 0, 0, 120, 0, 0, 0, 90, 16, 0])
    for (value, sample) in zip(whole.values, try image("h.png").samples) {
      #expect(abs(Double(min(max(value, 0), 1)) * 255 - Double(sample)) <= 1)
    }
    // On the model's input they are what they were.
    _ = try self.record("photo.jpg", "--heatmap", "i.npy")
    #expect(try numbers("i.npy").shape == [8, 8] && numbers("i.npy").values == cells)
  }

  private static let images: [[String]] = [
    ["photo.jpg"], ["rotated.jpg"], ["rotated.jpg", "--no-orient"], ["photo.jpg", "--fast-decode"],
  ]

  @Test(arguments: images, ["resize=256,crop=256", "resize=256x256,crop=none", "resize=240,crop=256"])
  func `Regions are in the whole image's pixels, whatever is drawn on`(_ image: [String], _ preprocess: String) throws {
    func run(_ canvas: String) throws -> JSON {
      let line = ["explain", "-w", "xray.pth", "--jsonl", "--boxes", "--contours", "--threshold", "0.4", "--canvas"]
      return try JSON(Tool.run(line + [canvas, "--preprocess", "half,\(preprocess)"] + image, in: folder).text)
    }
    let (input, original) = (try run("input"), try run("original"))
    #expect(input["canvas"].text == "input" && original["canvas"].text == "original")
    let (width, height) = (try #require(input["width"].number), try #require(input["height"].number))
    let boxes = [input, original].map { record in
      (0..<record["maps"][0]["boxes"].count).map { index in
        ["x", "y", "width", "height"].compactMap { record["maps"][0]["boxes"][index][$0].number }
      }
    }
    try #require(boxes[0].count >= 1 && boxes[0] == boxes[1])
    for box in boxes[0] {
      #expect(box[0] >= 0 && box[1] >= 0 && box[0] + box[2] <= width && box[1] + box[3] <= height)
    }
    let outline = input["maps"][0]["contours"][0]
    let corners = (0..<outline.count).compactMap { outline[$0].integers }
    #expect(corners.map { $0[0] }.max() == Int(boxes[0][0][0] + boxes[0][0][2]))
  }
}
