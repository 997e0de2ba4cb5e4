import Foundation
import ModelFormats
import Testing

/// Runs that are ended before their last image.
@Suite struct InterruptionTests {
  private func start(_ folder: Workplace, _ words: String...) throws -> Tool.Running {
    try Tool.Running(
      ["explain", "--files-from", "-", "-w", "xray.pth", "-d", "o", "--jsonl", "--records", "records"] + words,
      in: folder)
  }

  @Test func `A list that grows is explained as it grows`() throws {
    let folder = Workplace("photo.jpg", "gray.jpg", "xray.pth")
    let run = try start(folder)
    run.send("photo.jpg\n")
    #expect(run.waits(forLines: 1))
    run.send("gray.jpg\nphot")
    #expect(run.waits(forLines: 2))
    run.send("o.jpg")
    run.endList()
    let outcome = run.outcome()
    #expect(outcome.status == 0 && outcome.lines.count == 3)
    #expect(folder.text("records") == outcome.text)
  }

  @Test(arguments: [(SIGINT, 130, "SIGINT"), (SIGTERM, 143, "SIGTERM"), (SIGHUP, 129, "SIGHUP")])
  func `A signal has what is under way finished`(_ number: Int32, _ status: Int32, _ name: String) throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    let run = try start(folder, "-j", "2")
    run.send("photo.jpg\n")
    #expect(run.waits(forLines: 1))
    // The run waits for more of the list now, and must not wait on.
    run.signal(number)
    let outcome = run.outcome()
    #expect(outcome.status == status)
    #expect(outcome.errors.first == "gradcam: ended by \(name); what was under way is finished")
    #expect(folder.text("records") == outcome.text && outcome.lines.count == 1)
    #expect(folder.made == ["o/photo.jpg.gradcam.png", "records"])
  }

  @Test func `On a terminal the first Ctrl-C is answered`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    // `script` makes the terminal, and hands on what is typed. The list stays open, so that the run waits for more of it.
    let command = "gradcam explain --files-from list -w xray.pth -d o --records records"
    let typing = "exec 3>list; echo photo.jpg >&3; until [ -s records ]; do sleep 0.1; done; printf '\\003'; sleep 2"
    let outcome = try Tool.shell("mkfifo list && { \(typing); } | script -qec '\(command)' /dev/null", in: folder)
    #expect(outcome.status == 130)
    let answer = "gradcam: finishing what is under way; a second signal ends the run at once"
    #expect(outcome.text.contains(answer))
    #expect(outcome.text.contains("ended by SIGINT; what was under way is finished"))
    #expect(folder.text("records")?.split(separator: "\n").count == 1)
  }

  @Test func `A signal in the midst of a folder leaves whole files and whole records`() throws {
    let folder = Workplace("xray.pth")
    let names = (0..<300).map { "in/\($0).jpg" }
    for name in names { folder.put(Workplace.fixture("photo.jpg"), as: name) }
    let words = ["explain", "in", "-w", "xray.pth", "-d", "o", "--jsonl", "--records", "records"]
    let run = try Tool.Running(words, in: folder)
    #expect(run.waits(forLines: 20))
    run.signal(SIGINT)
    let outcome = run.outcome()
    #expect(outcome.status == 130 && outcome.lines.count < 300)
    #expect(try finished(folder) == outcome.lines.count)
    #expect(folder.made.allSatisfy { $0 == "records" || $0.hasSuffix(".jpg.gradcam.png") })
    let rest = try Tool.run(words + ["--resume"], in: folder)
    #expect(rest.status == 0 && rest.lines.count == 300 - outcome.lines.count)
    #expect(try finished(folder) == 300)
  }

  /// How many images have a record; each must have one, and its output.
  private func finished(_ folder: Workplace) throws -> Int {
    let records = try (folder.text("records") ?? "").split(separator: "\n").map { try JSON(String($0)) }
    let images = records.compactMap { $0["image"].text }
    #expect(Set(images).count == images.count)
    for record in records {
      let output = try #require(record["maps"][0]["output"].text)
      let file = folder.bytes(output) ?? []
      #expect(file.suffix(8).starts(with: "IEND".utf8))
    }
    return images.count
  }

  @Test func `Killed at ten moments and resumed`() throws {
    let folder = Workplace("xray.pth")
    for index in 0..<120 { folder.put(Workplace.fixture("photo.jpg"), as: "in/\(index).jpg") }
    let words = ["explain", "in", "-w", "xray.pth", "-d", "o", "--jsonl", "--records", "records", "--resume"]
    var done = 0
    for round in 0..<10 {
      let run = try Tool.Running(words, in: folder)
      // A different moment each time: between, before and after the lines of records.
      _ = run.waits { run.lines.count >= 3 + round }
      usleep(UInt32(round * 700))
      run.signal(SIGKILL)
      #expect(run.outcome().status == -SIGKILL)
      let now = try whole(folder)
      #expect(now >= done)
      done = now
    }
    let last = try Tool.run(words, in: folder)
    #expect(last.status == 0)
    #expect(try finished(folder) == 120)
    #expect(folder.made.count == 121)
    let nothing = try Tool.run(words, in: folder)
    #expect(nothing.status == 0 && nothing.lines.isEmpty)
  }

  /// How many whole records there are; the last line may be torn.
  private func whole(_ folder: Workplace) throws -> Int {
    let lines = (folder.text("records") ?? "").split(separator: "\n", omittingEmptySubsequences: false)
    return try lines.dropLast().map { try JSON(String($0))["image"].text }.count
  }

  @Test(arguments: ["-", "pipe"]) func `A signal ends the wait for an image that nobody sends`(_ image: String) throws {
    let folder = Workplace("xray.pth", "photo.jpg")
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    let run = try Tool.Running(
      ["explain", "photo.jpg", image, "-w", "xray.pth", "-d", "o", "--jsonl", "-j", "1"], in: folder)
    #expect(run.waits(forLines: 1))
    run.signal(SIGTERM)
    #expect(run.outcome().status == 143)
    #expect(folder.made == ["o/photo.gradcam.png", "pipe"])
  }

  @Test func `As many errors as are borne`() throws {
    let folder = Workplace("xray.pth", "photo.jpg")
    folder.put("photo.jpg\n" + (0..<50).map { "no\($0).jpg\n" }.joined(), as: "list")
    let outcome = try folder.run(
      "explain", "--files-from", "list", "-w", "xray.pth", "--jsonl", "--max-errors", "3", "-d", "o")
    #expect(outcome.status == 1 && outcome.lines.count == 4)
    #expect(outcome.errors.contains("gradcam: --max-errors: 3 image(s) failed, and the run ends here"))
    let last = try #require(outcome.errors.last)
    #expect(last.hasPrefix("gradcam: 4 images in ") && last.hasSuffix("1 explained, 3 unreadable; verdicts: 1 ok"))
  }

  @Test func `No room for an output ends the run, and leaves no part of it`() throws {
    let folder = Workplace("xray.pth")
    for index in 0..<30 { folder.put(Workplace.fixture("photo.jpg"), as: "in/\(index).jpg") }
    // A limit on files' sizes below an overlay's: 8 blocks of 1,024 bytes.
    let words = ["explain", "in", "-w", "xray.pth", "-d", "o", "--records", "records"]
    let full = try Tool.run(words, in: folder, fileSizeLimit: 8)
    #expect(full.status == 1)
    #expect(full.errors.count == 2 && full.errors[0].hasSuffix("cannot be written: file too large"))
    #expect(folder.made == ["records"] && folder.text("records") == "")
    let rest = try Tool.run(words + ["--resume"], in: folder)
    #expect(rest.status == 0)
    #expect(try finished(folder) == 30)
  }
}
