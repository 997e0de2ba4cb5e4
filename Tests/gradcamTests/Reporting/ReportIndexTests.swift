import GradCAMCore
import ModelFormats
import Testing

@testable import gradcam

@Suite struct ReportIndexTests {
  private let folder = Workplace()

  private func index(_ texts: String...) throws -> ReportIndex {
    var files: [FilePath] = []
    for (number, text) in texts.enumerated() {
      folder.put(text, as: "\(number).jsonl")
      files.append(FilePath(folder.path("\(number).jsonl")))
    }
    return try ReportIndex(files)
  }

  private func explained(_ image: String, _ model: String = "w", maps: Int = 1) -> String {
    let maps = Array(repeating: #"{"output":"o.png"}"#, count: maps).joined(separator: ",")
    return #"{"image":"\#(image)","model":"\#(model)","maps":[\#(maps)]}"# + "\n"
  }

  private func failed(_ image: String) -> String { #"{"image":"\#(image)","error":"x"}"# + "\n" }

  /// The images and whether they failed, in the order of the page.
  private func summary(_ index: ReportIndex) throws -> [String] {
    try index.entries.map { entry in
      let head = try RecordHead(line: index.line(of: entry))
      return "\(head.image)\(entry.isFailed ? "!" : "")\(entry.model.map { "\($0)" } ?? "")"
    }
  }

  /// The first record.
  private func explanation(_ index: ReportIndex) throws -> ExplanationRecord {
    guard case .explained(let record) = try Record(line: index.line(of: #require(index.entries.first))) else {
      throw InputError("", "not explained")
    }
    return record
  }

  @Test func `Of several records of an image the last counts`() throws {
    #expect(try summary(index(explained("a"), failed("b"), explained("c"), explained("b"))) == ["a0", "b0", "c0"])
    #expect(try summary(index(explained("a") + explained("b") + failed("a"))) == ["a!", "b0"])
    let both = try index(explained("a", maps: 3) + explained("a", maps: 2) + failed("b"))
    #expect(both.pictureCount == 4 && both.failures == 1)
  }

  @Test func `Two models keep their records of an image`() throws {
    #expect(try summary(index(explained("a", "v") + explained("a", "w") + explained("a", "v"))) == ["a0", "a1"])
  }

  @Test func `Many models of one image take no longer than many images`() throws {
    let lines = (0..<3000).map { #"{"image":"a","model":"\#($0)","maps":[]}"# }
    let index = try index((lines + lines).joined(separator: "\n"))
    #expect(index.entries.count == 3000 && index.entries[2999].line == 6000)
  }

  @Test func `A record that knows no model stands for any of its image`() throws {
    #expect(try summary(index(explained("a", "v") + explained("a", "w") + failed("a"))) == ["a!", "a1"])
    #expect(
      try summary(index(explained("a", "v") + explained("a", "w") + failed("a") + explained("a", "x"))) == ["a2", "a1"])
  }

  @Test func `Blank lines and carriage returns are passed over`() throws {
    let text =
      "\r\n" + explained("a").replacing("\n", with: "\r\n") + " \t\n" + explained("b").replacing("\n", with: "")
    let index = try index(text)
    #expect(try summary(index) == ["a0", "b0"])
    #expect(index.problems == [] && index.warnings == [])
    #expect(try self.index("").entries.isEmpty)
  }

  @Test func `A last line that is cut off is a warning`() throws {
    let whole = explained("b")
    for count in 1..<whole.utf8.count - 1 {
      let index = try index(explained("a") + whole.prefix(count))
      #expect(try summary(index) == ["a0"])
      #expect(index.problems == [])
      #expect(
        index.warnings.map(\.description) == ["\(folder.path("0.jsonl")):2: the last line is cut off and left out"])
    }
  }

  private static let garbage = [
    "garbage", "[]", "[{}]", "{}", "null", #"{"image":1,"error":"x"}"#, #"{"image":"a"}"#, #"{"image":"a","maps":3}"#,
    #"{"error":"x"}"#, #"{"image":"a","maps":[3]}"#, String(repeating: "[", count: 100_000), "\u{0}",
  ]

  @Test(arguments: garbage) func `What is no record is named by its line`(_ line: String) throws {
    let index = try index(explained("a") + "\n" + line + "\n" + explained("b"))
    #expect(try summary(index) == ["a0", "b0"])
    let remedy = "(a line that gradcam explain --jsonl prints)"
    #expect(index.problems.map(\.description) == ["\(folder.path("0.jsonl")):3: is no record \(remedy)"])
  }

  @Test func `Paths are those of the bytes`() throws {
    let line = #"{"image":"a�","image_base64":"Yf8=","maps":[{"output":"�","output_base64":"/w=="},{"output":null}]}"#
    let index = try index(line + "\n")
    let record = try explanation(index)
    #expect(record.path.bytes == [0x61, 0xFF])
    #expect(record.overlays.map { $0?.bytes } == [[0xFF], nil])
  }

  // MARK: - What the overlays show

  private func seen(_ fields: String) throws -> [Double]? {
    let index = try index(#"{"image":"a","maps":[],"width":60,"height":40,\#(fields)}"# + "\n")
    return try explanation(index).shownPart.map { [$0.x, $0.y, $0.width, $0.height] }
  }

  @Test func `The part that the model saw`() throws {
    #expect(try seen(#""seen":[10,0,40.5,40]"#) == [10, 0, 40.5, 40])
    #expect(try seen(#""seen":[-10,-5,80,50],"options":["--canvas=input"]"#) == [-10, -5, 80, 50])
    #expect(try seen(#""seen":[0,0,60,40]"#) == nil)
    #expect(try seen(#""seen":[10,0,40,40],"options":["--canvas=original"]"#) == nil)
    #expect(try seen(#""options":[]"#) == nil)
  }

  private static let nonsense = [
    "null", "3", "[]", "[1,2,3]", "[1,2,3,4,5]", #"["1",2,3,4]"#, "[1,2,null,4]", "[10,0,0,40]", "[10,0,40,-1]",
    "[60,0,10,10]", "[0,40,10,10]", "[-10,0,10,10]", "[0,0,1e300,40]", "[0,0,60,1e10]",
    "[59.9999999999,0,10,10]",
  ]

  @Test(arguments: nonsense) func `A rectangle that makes no sense is passed over`(_ seen: String) throws {
    #expect(try self.seen("\"seen\":\(seen)") == nil)
  }
}
