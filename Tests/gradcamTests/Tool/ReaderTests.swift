import Foundation
import ModelFormats
import Testing

/// Standard output whose reader leaves, or that cannot be written: what goes to files is made all the same.
@Suite struct ReaderTests {
  private let folder = Workplace("xray.pth")
  private let full = "gradcam: standard output: cannot be written: no space left on the device"

  init() { for index in 0..<6 { folder.put(Workplace.fixture("photo.jpg"), as: "in/\(index).jpg") } }

  private func explain(_ output: Tool.Output, _ words: String...) throws -> Tool.Outcome {
    try Tool.run(["explain", "in", "-w", "xray.pth"] + words, in: folder, output: output)
  }

  private func overlays(_ folder: String) -> Int {
    self.folder.made.count { $0.hasPrefix(folder + "/") && $0.hasSuffix(".gradcam.png") }
  }

  private func records(_ name: String = "records") -> Int { (folder.text(name) ?? "").split(separator: "\n").count }

  @Test(arguments: [[], ["--jsonl"], ["--json"], ["--csv"]]) func `The reader leaves`(_ words: [String]) throws {
    let note = "gradcam: warning: standard output: is read no more; files are still written"
    let line = ["explain", "in", "-w", "xray.pth", "-d", "o", "--records", "records"] + words
    let kept = try Tool.run(line, in: folder, output: .brokenPipe)
    #expect(kept.status == 0 && kept.errors.first == note && kept.errors.count == 2)
    #expect(overlays("o") == 6 && records() == 6)
    // The rest is finished, and nobody hears of it.
    try FileManager.default.removeItem(atPath: folder.path("o/3.jpg.gradcam.png"))
    let resumed = try Tool.run(line + ["--resume", "--quiet"], in: folder, output: .brokenPipe)
    #expect(resumed.status == 0 && resumed.errors.isEmpty)
    #expect(overlays("o") == 6 && records() == 7)
  }

  @Test func `The reader leaves a run with a report, and one of overlays alone`() throws {
    let report = try explain(.brokenPipe, "--report", "rep", "--quiet")
    #expect(report.status == 0 && report.errors.isEmpty)
    #expect(overlays("rep") == 6 && records("rep/records.jsonl") == 6 && folder.bytes("rep/index.html") != nil)
    #expect(try explain(.brokenPipe, "-d", "o").status == 0)
    #expect(overlays("o") == 6)
    folder.put("broken", as: "in/a.jpg")
    let failed = try explain(.brokenPipe, "-d", "p", "--report", "again")
    #expect(failed.status == 1 && overlays("p") == 6 && folder.bytes("again/index.html") != nil)
  }

  @Test(arguments: [[], ["--jsonl"], ["--json"]]) func `Standard output is full or closed`(_ words: [String]) throws {
    for output in [Tool.Output.file("/dev/full"), .closed] {
      let line = ["explain", "in", "-w", "xray.pth"] + words
      let kept = try Tool.run(line + ["--report", "rep", "-j", "1"], in: folder, output: output)
      #expect(kept.status == 1 && kept.errors.count == 2)
      #expect(kept.errors.first?.hasPrefix("gradcam: standard output: cannot be written: ") == true)
      #expect(overlays("rep") == 6 && records("rep/records.jsonl") == 6 && folder.bytes("rep/index.html") != nil)
      try FileManager.default.removeItem(atPath: folder.path("rep"))
      // Results that are kept nowhere are the run's end.
      let lost = try Tool.run(line + ["-d", "o", "-j", "1", "--quiet"], in: folder, output: output)
      #expect(lost.status == 1 && lost.errors.count == 2)
      #expect(
        lost.errors.last
          == "gradcam: standard output: the run ends here: its results are kept nowhere else (--records FILE)")
      #expect(overlays("o") == 1)
      try FileManager.default.removeItem(atPath: folder.path("o"))
    }
  }

  @Test func `Standard error that is full or closed is no failure`() throws {
    for redirection in ["2>/dev/full", "2>&-"] {
      let outcome = try Tool.shell("gradcam explain in none.jpg -w xray.pth -d o --verbose \(redirection)", in: folder)
      #expect(outcome.status == 1 && outcome.lines.count == 6)
    }
  }

  @Test func `Records that have no room say so`() throws {
    let one = try Tool.run(
      ["explain", "in/0.jpg", "-w", "xray.pth", "-o", "x.png", "--records", "/dev/full"], in: folder)
    #expect(one.status == 1)
    #expect(one.errors == ["gradcam: /dev/full: cannot be written: no space left on the device"])
    let several = try explain(.kept, "-d", "o", "--records", "/dev/full", "--quiet", "-j", "1")
    #expect(several.status == 1)
    #expect(
      several.errors == [
        "gradcam: /dev/full: cannot be written: no space left on the device",
        "gradcam: /dev/full: the run ends here: there is no room (free some, and --resume)",
      ])
  }

  // MARK: - Other commands

  @Test func `Commands that have nothing else to write end early`() throws {
    for words in [["methods"], ["--help"], ["inspect", "xray.pth"], ["bench", "xray.pth", "--runs", "1"]] {
      let left = try Tool.run(words + (words.count > 1 ? ["--quiet"] : []), in: folder, output: .brokenPipe)
      #expect(left.status == 0 && left.errors.isEmpty, "\(words)")
      #expect(try Tool.run(words, in: folder, output: .file("/dev/full")).status == 1)
    }
  }

  @Test func `Pages and model files are made whoever reads of it`() throws {
    #expect(try explain(.kept, "-d", "o", "--records", "records").status == 0)
    func status(_ output: Tool.Output, _ words: String...) throws -> Int32 {
      try Tool.run(words + ["--quiet"], in: folder, output: output).status
    }
    #expect(try status(.brokenPipe, "report", "records", "-o", "page.html") == 0)
    #expect(try status(.file("/dev/full"), "report", "records", "-o", "other.html") == 1)
    #expect(folder.bytes("page.html") != nil && folder.bytes("other.html") != nil)
    folder.put((folder.text("records") ?? "") + "no record\n", as: "bad")
    #expect(try status(.brokenPipe, "report", "bad", "-o", "bad.html") == 1)
    #expect(try status(.brokenPipe, "convert", "xray.pth", "-o", "w.bin") == 0)
    #expect(folder.bytes("w.bin") != nil)
  }

  @Test func `Verifying says nothing of maps that nobody heard of`() throws {
    #expect(try explain(.kept, "-d", "o", "--records", "records").status == 0)
    func verify(_ words: String...) throws -> Int32 {
      try Tool.run(["verify", "records"] + words, in: folder, output: .brokenPipe).status
    }
    // All were compared before the first line.
    #expect(try verify() == 0)
    #expect(try verify("--verbose") == 1)
    folder.put(Workplace.fixture("gray.jpg"), as: "in/0.jpg")
    #expect(try verify() == 1)
  }
}
