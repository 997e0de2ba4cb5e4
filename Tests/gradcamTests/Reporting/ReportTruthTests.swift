import Foundation
import ModelFormats
import Testing

/// `gradcam report --truth`.
@Suite struct ReportTruthTests {
  private let folder = Workplace()

  init() {
    let records = [("in/a.jpg", "cat", "dog"), ("in/b.jpg", "dog", "cat"), ("in/c.jpg", "cat", "dog")].map {
      image, best, next in
      #"{"image":"\#(image)","model":"m","prediction":[{"index":\#(best == "cat" ? 0 : 1),"label":"\#(best)","probability":0.9},"#
        + #"{"index":\#(next == "cat" ? 0 : 1),"label":"\#(next)","probability":0.1}],"maps":[{"output":null}]}"#
    }
    folder.put((records + [#"{"image":"in/d.jpg","model":"m","error":"x"}"#]).joined(separator: "\n"), as: "r.jsonl")
  }

  private func report(_ truth: String) throws -> Tool.Outcome {
    folder.put(truth, as: "t.csv")
    return try folder.run("report", "r.jsonl", "-o", "r.html", "--truth", "t.csv")
  }

  @Test func `The page has the truth of its images`() throws {
    let outcome = try report("image,class\nin/a.jpg,Cat\nb.jpg,0\nin/d.jpg,\nin/a.jpg,1\n")
    #expect(outcome.status == 0 && outcome.errors == ["gradcam: warning: t.csv: says nothing of 1 of 4 images"])
    let data = try PageData.of("r.html", in: folder)
    #expect(data["truth"]["file"].text == "t.csv" && data["truth"]["classes"].count == 2)
    #expect((0..<2).map { data["truth"]["classes"][$0].text } == ["cat", "dog"])
    #expect((0..<4).map { data["items"][$0]["truth"].integers } == [[0, 1], [0], nil, []])
    let recorded = try #require(data["recorded"].number)
    #expect(abs(recorded - Date().timeIntervalSince1970) < 600)
  }

  @Test func `A page without truth knows nothing of it`() throws {
    #expect(try folder.run("report", "r.jsonl", "-o", "r.html").status == 0)
    #expect(try PageData.of("r.html", in: folder).keys.contains("truth") == false)
  }

  private static let doubts: [(truth: String, lines: [String])] = [
    ("in/a.jpg,cat\nin/a.jpg,cat\nin/a.jpg,cat\nin/b.jpg,cat\nin/c.jpg,dog\nin/d.jpg,dog\n", ["repeats 2 rows"]),
    (
      "in/a.jpg,cat\nin/b.jpg,bird\nin/c.jpg,cow\nin/d.jpg,dog\n",
      ["no model of the records has its class bird, cow"]
    ),
    (
      "in/a.jpg,cat\nin/b.jpg,Dog | cat\nin/c.jpg,bird|cow\nin/d.jpg,dog\n",
      ["no model of the records has its class Dog | cat, bird|cow (one row a class)"]
    ),
    (
      "in/a.jpg,cat\nb.jpg,cat\nz.jpg,cat\ny.jpg,cat\nx.jpg,cat\nw.jpg,dog\nin/d.jpg,dog\n",
      ["names 4 images that no record has: z.jpg, y.jpg, x.jpg, …", "says nothing of 1 of 4 images"]
    ),
    (
      "in/a.jpg,cat\nout/b.jpg,cat\nv/c.jpg,cat\nw/c.jpg,dog\nin/d.jpg,dog\n",
      [
        "cannot tell which rows are of 1 image, which stay without truth: in/c.jpg (paths as the records have them)",
        "1 image found in other folders, by file name alone", "names 2 images that no record has: v/c.jpg, w/c.jpg",
      ]
    ),
  ]

  @Test(arguments: doubts) func `What is doubtful is told, a line each`(_ truth: String, _ lines: [String]) throws {
    let outcome = try report("image,class\n" + truth)
    #expect(outcome.status == 0 && outcome.errors == lines.map { "gradcam: warning: t.csv: \($0)" })
    #expect(try folder.run("report", "r.jsonl", "-o", "r.html", "--truth", "t.csv", "--quiet").errors == [])
  }

  private static let refused: [(truth: [UInt8], line: String)] = [
    (Array("".utf8), "t.csv: is empty (a CSV file headed image,class, a row an image and class)"),
    (Array("\n".utf8), "t.csv: is empty (a CSV file headed"),
    (
      Array("image,class\nin/a.jpg,cat|dog\n".utf8),
      "t.csv: no model of the records has its class cat|dog (one row a class)"
    ),
    (Array("a,b\n".utf8), "t.csv: has no heading that names an image and a class ("),
    (Array("image,class\n\"a,cat\n".utf8), "t.csv: line 2 opens a quotation mark that nothing closes ("),
    (Array("image,class\nin/a.jpg,\u{63}at\n".utf8) + [0xFF], "t.csv: is not UTF-8 text ("),
    (Array("image,class\nz.jpg,cat\n".utf8), "t.csv: has no image of the records: z.jpg, and they in/a.jpg ("),
    (Array("image,class\nin/a.jpg,bird\n".utf8), "t.csv: no model of the records has its class bird ("),
    (Array("image,class\nx/a.jpg,cat\ny/a.jpg,dog\n".utf8), "t.csv: cannot tell which rows are of 1 image, "),
    (
      Array("image,class\n\u{1b}[2J\(String(repeating: "x", count: 5000)).jpg,cat\n".utf8),
      "t.csv: has no image of the records: \\u{1B}[2Jxxx"
    ),
  ]

  @Test(arguments: refused) func `A file that is no truth is refused before anything is written`(
    _ truth: [UInt8], _ line: String
  ) throws {
    folder.put(truth, as: "t.csv")
    let outcome = try Tool.run(["report", "r.jsonl", "-o", "r.html", "--truth", "t.csv"], in: folder)
    #expect(
      outcome.status == 2 && outcome.errors.count == 1 && outcome.errors[0].hasPrefix("gradcam: " + line),
      "\(outcome.errors)")
    #expect(outcome.errors.allSatisfy { $0.utf8.count <= 300 } && folder.bytes("r.html") == nil)
  }

  @Test func `The truth is no output, and no stream`() throws {
    folder.put("image,class\nin/a.jpg,cat\n", as: "t.csv")
    #expect(
      try folder.run("report", "r.jsonl", "-o", "./t.csv", "--truth", "t.csv").errors
        == ["gradcam: ./t.csv: would be replaced, but is an input (another name for the output)"])
    #expect(
      try folder.run("report", "r.jsonl", "-o", "r.html", "--truth", "-").errors
        == ["gradcam: --truth: cannot be read from standard input (name a file)"])
    #expect(
      try folder.run("report", "r.jsonl", "-o", "r.html", "--truth", "absent").errors == [
        "gradcam: absent: no such file"
      ])
  }

  @Test func `Names of files and classes end no script`() throws {
    folder.put(#"{"image":"a","prediction":[{"index":0,"label":"</script><b>"}],"maps":[]}"# + "\n", as: "r.jsonl")
    #expect(try report("image,class\na,</script><script>alert(1)\na,</SCRIPT><b>\n").status == 0)
    let page = try #require(folder.text("r.html"))
    #expect(page.ranges(of: "<script").count == 2 && page.ranges(of: "</script").count == 2)
    #expect(try PageData.of("r.html", in: folder)["truth"]["classes"][1].text == "</script><b>")
  }
}
