import Foundation
import Testing

/// What `--resume` believes of outputs, and whose outputs they are from one run to the next.
@Suite struct ResumeProofTests {
  private let folder = Workplace("xray.pth")

  init() {
    folder.put(Workplace.fixture("photo.jpg"), as: "a/x.jpg")
    folder.put(Workplace.fixture("gray.jpg"), as: "b/x.jpg")
  }

  private func run(_ images: String..., words: [String] = []) throws -> Tool.Outcome {
    try Tool.run(
      ["explain"] + images + ["-w", "xray.pth", "-d", "o", "--records", "records", "--jsonl"] + words, in: folder)
  }

  /// The images that a resumed run explained.
  private func again(_ images: String..., words: [String] = []) throws -> [String] {
    let line =
      ["explain"] + images + ["-w", "xray.pth", "-d", "o", "--records", "records", "--jsonl", "--resume"] + words
    let outcome = try Tool.run(line, in: folder)
    #expect(outcome.status == 0)
    return try outcome.lines.compactMap { try JSON($0)["image"].text }
  }

  private func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: folder.path(name)) }

  // MARK: - Images that share an output's name

  @Test func `An image of another run keeps its overlay`() throws {
    #expect(try run("a/x.jpg").status == 0)
    let overlay = folder.bytes("o/x.gradcam.png")
    for words in [[], ["--resume"]] {
      let second = try run("b/x.jpg", words: words)
      #expect(second.status == 1)
      #expect(
        second.errors.first == "gradcam: b/x.jpg: would replace o/x.gradcam.png, which records records for a/x.jpg "
          + "(another folder for the output, or another file of records)")
      #expect(try JSON(second.text)["kind"].text == "collision")
    }
    #expect(folder.bytes("o/x.gradcam.png") == overlay)
    #expect(try again("a/x.jpg") == [])
    // Nothing of it is left to be replaced.
    try remove("o/x.gradcam.png")
    #expect(try run("b/x.jpg").status == 0)
    #expect(try run("a/x.jpg", words: ["--resume"]).status == 1)
  }

  @Test func `An image whose last record is a failure is tried again, though its outputs are whole`() throws {
    #expect(try run("a/x.jpg", words: ["--strict"]).status == 0)
    folder.put(Workplace.fixture("photo.jpg").prefix(300), as: "a/x.jpg")
    #expect(try run("a/x.jpg", words: ["--resume", "--strict"]).status == 1)
    folder.put(Workplace.fixture("photo.jpg"), as: "a/x.jpg")
    #expect(try again("a/x.jpg", words: ["--strict"]) == ["a/x.jpg"])
    #expect(try again("a/x.jpg", words: ["--strict"]) == [])
  }

  @Test func `An image may replace its own overlay, however it is spelled, and wherever it was moved`() throws {
    #expect(try run("a/x.jpg").status == 0)
    for path in ["a/x.jpg", "./a//x.jpg", "b/../a/x.jpg", folder.path("a/x.jpg")] {
      #expect(try run(path, words: ["-d", "./o/../o", "--alpha", "0.5"]).status == 0)
    }
    #expect(symlink("o", folder.path("link")) == 0)
    #expect(try run("b/x.jpg", words: ["-d", "link"]).status == 1)
    #expect(try run("b/x.jpg", words: ["-d", "o/../o"]).status == 1)
    folder.makeFolder("c")
    try FileManager.default.moveItem(atPath: folder.path("a/x.jpg"), toPath: folder.path("c/x.jpg"))
    #expect(try run("c/x.jpg").status == 0)
    try remove("c/x.jpg")
    #expect(try run("b/x.jpg").status == 1)
  }

  @Test func `Heatmaps, dumps and images from standard input are one image's, too`() throws {
    #expect(try run("a/x.jpg", words: ["--heatmap", "m.npy", "--dump", "e.safetensors"]).status == 0)
    func error(_ words: String...) throws -> String? { try run("b/x.jpg", words: ["-d", "p"] + words).errors.first }
    #expect(try error("--heatmap", "./m.npy")?.contains("would replace ./m.npy") == true)
    #expect(try error("--dump", "e.safetensors")?.contains("would replace e.safetensors") == true)
    #expect(try error("--heatmap", "n.npy", "-t", "top5")?.contains("several targets") == true)
    func stdin(_ image: String) throws -> Int32 {
      let words = ["explain", "-", "-w", "xray.pth", "-d", "o", "--records", "records"]
      return try Tool.run(words, in: folder, input: folder.path(image)).status
    }
    #expect(try stdin("a/x.jpg") == 0 && stdin("b/x.jpg") == 1 && stdin("a/x.jpg") == 0)
  }

  // MARK: - Outputs that are damaged

  private static let outputs = ["o/x.gradcam.png", "m/x.npy", "e.safetensors"]
  private static let words = ["--heatmap", "m/{stem}.npy", "--dump", "e.safetensors"]

  @Test(arguments: outputs) func `Any other bytes are made again`(_ output: String) throws {
    func again() throws -> [String] { try self.again("a/x.jpg", words: Self.words) }
    #expect(try again() == ["a/x.jpg"] && again() == [])
    let whole = try #require(folder.bytes(output))
    var damaged = whole
    damaged[whole.count / 2] ^= 1
    let zeros = [UInt8](repeating: 0, count: whole.count)
    for bytes in [zeros, Array(whole.dropLast(28)), whole + [0], Array("text".utf8), damaged, []] {
      folder.put(bytes, as: output)
      #expect(try again() == ["a/x.jpg"])
      #expect(folder.bytes(output) == whole)
    }
    // A pipe is not waited for.
    try remove(output)
    #expect(mkfifo(folder.path(output), 0o600) == 0)
    let status = try Tool.shell(
      "timeout 20 gradcam explain a/x.jpg -w xray.pth --records records --resume -d q", in: folder)
    #expect(status.status == 0)
  }

  @Test func `Another image's whole overlay is made again`() throws {
    #expect(try run("a/x.jpg").status == 0)
    let outcome = try folder.run("explain", "b/x.jpg", "-w", "xray.pth", "-d", "o")
    #expect(outcome.status == 0)
    #expect(try again("a/x.jpg") == ["a/x.jpg"] && again("a/x.jpg") == [])
  }

  /// Makes the records those of a version that did not say what files hold.
  private func age() throws {
    let pattern = try Regex(#""(output|heatmap|dump)_(bytes|sha256)":("[^"]*"|[0-9]+),"#)
    let records = try #require(folder.text("records"))
    #expect(records.contains("output_sha256"))
    folder.put(records.replacing(pattern, with: ""), as: "records")
  }

  @Test(arguments: outputs) func `Without a digest in the record a file's structure tells`(_ output: String) throws {
    func again() throws -> [String] { try self.again("a/x.jpg", words: Self.words) }
    #expect(try again() == ["a/x.jpg"])
    try age()
    #expect(try again() == [])
    let whole = try #require(folder.bytes(output))
    var damaged = whole
    damaged[whole.count / 2] ^= 1
    let zeros = [UInt8](repeating: 0, count: whole.count)
    // Evidence has no checksum.
    for bytes in [zeros, Array(whole.dropLast(28)), whole + [0]] + (output == "e.safetensors" ? [] : [damaged]) {
      folder.put(bytes, as: output)
      #expect(try again() == ["a/x.jpg"])
      #expect(folder.bytes(output) == whole)
      try age()
    }
  }

  @Test(arguments: ["png", "jpg", "svg"]) func `Without a digest a picture must name its image`(_ ending: String) throws
  {
    let words = ["-o", "x.\(ending)"]
    #expect(try again("a/x.jpg", words: words) == ["a/x.jpg"])
    try age()
    #expect(try again("a/x.jpg", words: words) == [])
    #expect(try folder.run("explain", "b/x.jpg", "-w", "xray.pth", "-o", "x.\(ending)").status == 0)
    #expect(try again("a/x.jpg", words: words) == ["a/x.jpg"])
  }
}
