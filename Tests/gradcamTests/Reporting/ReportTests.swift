import Foundation
import ModelFormats
import Testing

/// `gradcam report`, from records of `gradcam explain` to a page.
@Suite struct ReportTests {
  private let folder = Workplace("photo.jpg", "tiny.png", "xray.pth")

  /// Explains two images and something that is none, and keeps the records.
  private func explain() throws {
    folder.put("text", as: "bad.jpg")
    let run = try folder.run("explain", "photo.jpg", "bad.jpg", "tiny.png", "-w", "xray.pth", "-d", "out", "--jsonl")
    #expect(run.status == 1)
    folder.put(run.output, as: "records.jsonl")
  }

  @Test func `A small run becomes one file`() throws {
    try explain()
    let before = folder.made
    let outcome = try folder.run("report", "records.jsonl", "-o", "report.html")
    #expect(outcome.status == 0 && outcome.errors == [])
    #expect(outcome.lines == ["report.html  3 images, 1 failed"])
    #expect(folder.made == (before + ["report.html"]).sorted())
    let data = try PageData.of("report.html", in: folder)
    #expect(data["title"].text == "records.jsonl" && data["items"].count == 3)
    let (photo, bad) = (data["items"][0], data["items"][1])
    #expect(photo["record"]["image"].text == "photo.jpg" && photo["record"]["width"].number != nil)
    #expect(photo["original"]["file"].text == "photo.jpg")
    #expect(photo["overlays"][0]["file"].text == "out/photo.gradcam.png")
    #expect(photo["overlays"][0]["shown"].text?.hasPrefix("data:image/jpeg;base64,") == true)
    #expect(bad["record"]["error"].text?.contains("is a text file") == true)
    #expect(bad["original"]["shown"].isNull && bad["overlays"].count == 0)
  }

  @Test func `Files beside the page, and a page elsewhere`() throws {
    try explain()
    folder.makeFolder("pages")
    let outcome = try folder.run(
      "report", "records.jsonl", "-o", "pages/r.html", "--pictures", "files", "--title", "A <title>", "--quiet", "-j",
      "3")
    #expect(outcome.status == 0)
    let data = try PageData.of("pages/r.html", in: folder)
    #expect(data["title"].text == "A <title>")
    #expect(data["items"][0]["overlays"][0]["shown"].text == "../out/photo.gradcam.png")
    for index in [0, 2] {
      let shown = try #require(data["items"][index]["original"]["shown"].text)
      #expect(folder.bytes("pages/\(shown)") != nil, "\(shown)")
    }
    let again = try folder.run("report", "records.jsonl", "-o", "pages/r.html", "--pictures", "files", "-j", "1")
    #expect(again.status == 0)
    let second = try PageData.of("pages/r.html", in: folder)
    #expect(second["items"][0]["original"]["shown"].text == data["items"][0]["original"]["shown"].text)
  }

  @Test func `Records from standard input, of a run in another folder`() throws {
    try explain()
    let inner = Workplace()
    let outcome = try Tool.run(
      ["report", "-", "-o", "report.html", "--base", folder.root], in: inner, input: folder.path("records.jsonl"))
    #expect(outcome.status == 0 && outcome.lines == ["report.html  3 images, 1 failed"])
    let data = try PageData.of("report.html", in: inner)
    #expect(data["title"].text == "gradcam report")
    #expect(data["items"][0]["overlays"][0]["shown"].text?.hasPrefix("data:") == true)
    #expect(data["items"][0]["original"]["file"].text?.hasSuffix("/photo.jpg") == true)
  }

  @Test func `Lines that are no records are named and left out`() throws {
    try explain()
    folder.put((folder.text("records.jsonl") ?? "") + "garbage\n{\"image\":\"cut", as: "records.jsonl")
    let outcome = try folder.run("report", "records.jsonl", "-o", "report.html")
    #expect(outcome.status == 1 && outcome.lines == ["report.html  3 images, 1 failed"])
    #expect(
      outcome.errors == [
        "gradcam: warning: records.jsonl:5: the last line is cut off and left out",
        "gradcam: records.jsonl:4: is no record (a line that gradcam explain --jsonl prints)",
      ])
    folder.put((folder.text("records.jsonl") ?? "").replacing("garbage\n", with: ""), as: "records.jsonl")
    #expect(try folder.run("report", "records.jsonl", "-o", "report.html").status == 0)
  }

  @Test func `Many lines at fault are counted`() throws {
    folder.put(String(repeating: "x\n", count: 12) + #"{"image":"a","error":"b"}"# + "\n", as: "records.jsonl")
    let outcome = try folder.run("report", "records.jsonl", "-o", "report.html")
    #expect(outcome.status == 1 && outcome.errors.count == 6)
    #expect(outcome.errors.last == "gradcam: 7 more lines are no records")
  }

  @Test func `What is refused before anything is written`() throws {
    try explain()
    folder.put("<html>", as: "page.jsonl")
    folder.put("", as: "empty.jsonl")
    let before = folder.made
    func complaint(_ words: String...) throws -> String {
      let outcome = try Tool.run(["report"] + words, in: folder)
      #expect(outcome.status == 2 && outcome.output == [])
      return outcome.errors.joined(separator: "\n")
    }
    #expect(
      try complaint("-o", "r.html")
        == "gradcam: report: no file of records is named (gradcam report [OPTIONS] RECORDS.jsonl|-... --output FILE)")
    #expect(
      try complaint("records.jsonl")
        == "gradcam: --output: is required (--output FILE names the page to write)")
    #expect(
      try complaint("records.jsonl", "-o", "-")
        == "gradcam: --output: a page cannot be written to standard output (name a file)")
    #expect(
      try complaint("-", "-", "-o", "r.html")
        == "gradcam: -: is named twice, but standard input can be read once")
    #expect(try complaint("absent.jsonl", "-o", "r.html") == "gradcam: absent.jsonl: no such file")
    #expect(
      try complaint("page.jsonl", "-o", "r.html") == "gradcam: page.jsonl:1: the last line is cut off and left out")
    let replaced = "would be replaced, but is an input (another name for the output)"
    for name in ["records.jsonl", "./photo.jpg", "out/photo.gradcam.png"] {
      #expect(try complaint("records.jsonl", "-o", name) == "gradcam: \(name): \(replaced)")
    }
    #expect(folder.made == before)
  }

  @Test func `More files than may be open, and one without an end`() throws {
    for number in 0..<90 { folder.put(#"{"image":"\#(number)","error":"x"}"# + "\n", as: "r\(number).jsonl") }
    let many = try Tool.shell("ulimit -n 40 && gradcam report r*.jsonl -o r.html", in: folder)
    #expect(many.lines == ["r.html  90 images, 90 failed"] && many.status == 0, "\(many.errors)")
    let endless = try Tool.shell("gradcam report /dev/zero -o z.html", in: folder)
    #expect(endless.status == 2)
    #expect(endless.errors == ["gradcam: /dev/zero: holds a line of more than 67108864 bytes"])
  }

  @Test func `A page of a run without images`() throws {
    folder.put("", as: "records.jsonl")
    let outcome = try folder.run("report", "records.jsonl", "-o", "report.html")
    #expect(outcome.status == 0 && outcome.lines == ["report.html  0 images"])
    #expect(try PageData.of("report.html", in: folder)["items"].count == 0)
  }

  @Test func `A page that cannot be written`() throws {
    try explain()
    let outcome = try folder.run("report", "records.jsonl", "-o", "absent/report.html")
    #expect(outcome.status == 1)
    #expect(outcome.errors == ["gradcam: absent/report.html: cannot be written: there is no folder absent"])
    folder.put("a file", as: "r.files")
    let files = try folder.run("report", "records.jsonl", "-o", "r.html", "--pictures", "files")
    #expect(files.status == 1)
    #expect(files.errors == ["gradcam: r.files: cannot be made: a file has that name"])
    #expect(folder.text("r.files") == "a file" && folder.bytes("r.html") == nil)
  }

  @Test func `More pictures than a page holds become files`() throws {
    let overlay = Workplace.fixture("tiny.png")
    var records = ""
    for number in 0..<201 {
      folder.put(overlay, as: "many/\(number).png")
      records += #"{"image":"many/\#(number).png","maps":[{"output":"many/\#(number).png","verdict":"ok"}]}"# + "\n"
    }
    folder.put(records, as: "many.jsonl")
    #expect(try folder.run("report", "many.jsonl", "-o", "r.html").lines == ["r.html  201 images"])
    let shown = try PageData.of("r.html", in: folder)["items"][7]["overlays"][0]["shown"].text
    #expect(shown == "many/7.png")
    folder.put(records.split(separator: "\n").prefix(200).joined(separator: "\n"), as: "many.jsonl")
    #expect(try folder.run("report", "many.jsonl", "-o", "r.html").lines == ["r.html  200 images"])
    let held = try PageData.of("r.html", in: folder)["items"][7]["overlays"][0]["shown"].text
    #expect(held?.hasPrefix("data:image/png;base64,") == true)
  }
}
