import Foundation
import ModelFormats
import Testing

/// Pipes that nobody writes or reads, or whose reader left or does nothing: the first signal ends a run.
@Suite struct PipeTests {
  private let folder = Workplace("xray.pth", "photo.jpg")

  private func start(_ words: [String], output: String? = nil, errors: String? = nil) throws -> Tool.Running {
    try Tool.Running(words, in: folder, output: output.map(folder.path), errors: errors.map(folder.path))
  }

  private func fill(_ count: Int) {
    for index in 0..<count { folder.put(Workplace.fixture("photo.jpg"), as: "in/\(index).jpg") }
  }

  /// How a run ends whose files have begun to appear.
  private func signal(_ run: Tool.Running, when condition: () -> Bool) -> Tool.Outcome {
    let isReady = run.waits(until: condition)
    #expect(isReady)
    run.signal(SIGTERM)
    return run.outcome()
  }

  // MARK: - Outputs

  @Test(arguments: [["-o", "p"], ["-o", "x.png", "--dump", "p"], ["-o", "x.png", "--heatmap", "p.npy"]])
  func `An output that nobody reads`(_ words: [String]) throws {
    for name in ["p", "p.npy"] { #expect(mkfifo(folder.path(name), 0o600) == 0) }
    let run = try start(["explain", "photo.jpg", "-w", "xray.pth", "--verbose"] + words)
    let outcome = signal(run) { run.errors.contains { $0.hasPrefix("backward hook") } }
    #expect(outcome.status == 143)
    let name = words.contains("p") ? "p" : "p.npy"
    #expect(
      outcome.errors.contains(
        "gradcam: \(name): was not written: nobody reads it (the run was ended meanwhile)"))
    #expect(folder.made == ["p", "p.npy"])
  }

  @Test func `An output whose reader comes late, leaves, or does nothing`() throws {
    let words = ["explain", "photo.jpg", "-w", "xray.pth", "-o", "p", "--dump", "e", "--verbose"]
    #expect(mkfifo(folder.path("p"), 0o600) == 0)
    let late = try start(words)
    #expect(late.waits { late.errors.contains { $0.hasPrefix("backward hook") } })
    let whole = try Tool.shell("cat p", in: folder)
    #expect(late.outcome().status == 0 && whole.output.suffix(8).starts(with: "IEND".utf8))
    try FileManager.default.removeItem(atPath: folder.path("p"))
    try FileManager.default.removeItem(atPath: folder.path("e"))

    let pipe = try NamedPipe("p", in: folder)
    let left = try start(words)
    #expect(pipe.read().hasPrefix("\u{FFFD}PNG"))
    pipe.leave()
    let outcome = left.outcome()
    #expect(outcome.status == 1 && outcome.errors.contains("gradcam: p: cannot be written: broken pipe"))
    try FileManager.default.removeItem(atPath: folder.path("p"))

    let idle = try NamedPipe("p", in: folder)
    let stuck = signal(try start(words)) { idle.isFull }
    #expect(stuck.status == 143)
    #expect(
      stuck.errors.contains("gradcam: p: was not written to its end (the run was ended meanwhile)"))
    #expect(folder.bytes("e") == nil)
  }

  // MARK: - Records

  @Test func `Records whose reader leaves end the run`() throws {
    fill(40)
    let pipe = try NamedPipe("p", in: folder)
    let run = try start(["explain", "in", "-w", "xray.pth", "-d", "o", "--records", "p", "--quiet"])
    #expect(pipe.read().hasPrefix("{"))
    pipe.leave()
    let outcome = run.outcome()
    #expect(outcome.status == 1 && outcome.lines.count < 40)
    #expect(
      outcome.errors == [
        "gradcam: p: cannot be written: broken pipe", "gradcam: p: the run ends here: its records cannot be kept",
      ])
  }

  @Test func `Records that nobody reads, and such that a pipe took`() throws {
    fill(20)
    let words = ["explain", "in", "-w", "xray.pth", "-d", "o", "--records", "p", "--quiet"]
    let pipe = try NamedPipe("p", in: folder)
    #expect(signal(try start(words)) { pipe.isFull }.status == 143)
    pipe.leave()
    // Without a reader nothing is begun.
    let run = try start(words)
    usleep(300_000)
    run.signal(SIGINT)
    #expect(run.outcome().status == 130)
    let read = try Tool.shell(
      "gradcam explain in -w xray.pth -d o --records p --jsonl > lines & cat p; wait", in: folder)
    #expect(read.lines.count == 20 && folder.text("lines") == read.text)
  }

  @Test(arguments: ["--resume", "--report"]) func `Records that are to be read again are a file`(
    _ option: String
  ) throws {
    #expect(mkfifo(folder.path("p"), 0o600) == 0)
    let outcome = try Tool.run(
      ["explain", "photo.jpg", "-w", "xray.pth", "--records", "p", option] + (option == "--report" ? ["r"] : []),
      in: folder)
    #expect(outcome.status == 2)
    #expect(outcome.errors == ["gradcam: p: is a named pipe, and \(option) reads its records again (a file)"])
  }

  // MARK: - Standard streams

  @Test(arguments: [["--jsonl"], ["--json"], ["--records", "records", "-j", "1"]])
  func `Standard output that nobody reads`(_ words: [String]) throws {
    fill(80)
    let pipe = try NamedPipe("p", in: folder)
    let run = try start(["explain", "in", "-w", "xray.pth", "-d", "o"] + words, output: "p")
    let outcome = signal(run) { pipe.isFull }
    #expect(outcome.status == 143)
    #expect(outcome.errors.first == "gradcam: ended by SIGTERM; what was under way is finished")
    for name in folder.made where name.hasPrefix("o/") {
      #expect(folder.bytes(name)?.suffix(8).starts(with: "IEND".utf8) == true)
    }
  }

  @Test func `A picture on standard output, and lines on standard error, that nobody reads`() throws {
    fill(40)
    let pipe = try NamedPipe("p", in: folder)
    let picture = try start(["explain", "photo.jpg", "-w", "xray.pth", "-o", "-"], output: "p")
    #expect(signal(picture) { pipe.isFull }.status == 143)
    let errors = try NamedPipe("e", in: folder)
    let lines = try start(["explain", "in", "-w", "xray.pth", "-d", "o", "--verbose"], errors: "e")
    #expect(signal(lines) { errors.isFull }.status == 143)
  }

  @Test func `A reader that is slow has every line`() throws {
    fill(30)
    let read = try Tool.shell("gradcam explain in -w xray.pth -d o --jsonl | (sleep 0.5; cat)", in: folder)
    #expect(read.status == 0 && read.lines.count == 30)
    let records = try read.lines.map { try JSON($0)["image"].text ?? "" }
    #expect(Set(records).count == 30)
  }

  // MARK: - Inputs

  @Test(
    arguments: [
      ["explain", "p", "-w", "xray.pth"], ["explain", "--files-from", "p", "-w", "xray.pth"],
      ["explain", "photo.jpg", "-w", "p"], ["explain", "photo.jpg", "-w", "xray.pth", "--labels", "p"],
      ["verify", "p"], ["report", "p", "-o", "page.html"], ["inspect", "p"], ["convert", "p", "-o", "w.bin"],
      ["bench", "p"], ["convert", "xray.pth", "-o", "p"],
    ])
  func `An input that nobody writes`(_ words: [String]) throws {
    #expect(mkfifo(folder.path("p"), 0o600) == 0)
    let run = try start(words)
    usleep(300_000)
    run.signal(SIGTERM)
    let status = run.outcome().status
    #expect(status == 143 || status == -SIGTERM)
    #expect(folder.made == ["p"])
  }

  @Test func `Records that name pipes are not waited for`() throws {
    let explained = try folder.explain("-o", "x.png", "--jsonl")
    #expect(mkfifo(folder.path("p"), 0o600) == 0)
    folder.put(explained.text.replacingOccurrences(of: "\"image\":\"photo.jpg\"", with: "\"image\":\"p\""), as: "image")
    let image = try folder.run("verify", "image")
    #expect(image.status == 1)
    #expect(image.lines.first == "p: not verified: p: is a named pipe (a file on disk)")
    folder.put(explained.text.replacingOccurrences(of: "xray.pth", with: "p"), as: "model")
    let model = try folder.run("verify", "model")
    #expect(model.status == 1 && model.lines.first == "photo.jpg: not verified: p: is a named pipe (a file on disk)")
    folder.put(explained.text.replacingOccurrences(of: "x.png", with: "p"), as: "output")
    #expect(try folder.run("report", "output", "image", "-o", "page.html").status == 0)
  }

  @Test func `A model file that goes through a pipe is its reader's alone`() throws {
    let piped = try Tool.shell("gradcam convert xray.pth -o /dev/stdout | cat > w.bin", in: folder)
    #expect(piped.status == 0)
    #expect(try folder.run("convert", "xray.pth", "-o", "v.bin").status == 0)
    #expect(folder.bytes("w.bin") != nil && folder.bytes("w.bin") == folder.bytes("v.bin"))
  }

  @Test func `Pipes in folders are passed over`() throws {
    fill(1)
    #expect(mkfifo(folder.path("in/a.jpg"), 0o600) == 0)
    let outcome = try folder.run("explain", "in", "-w", "xray.pth", "-d", "o")
    #expect(outcome.status == 0 && outcome.lines.count == 1)
    #expect(outcome.errors.first == "gradcam: 1 file(s) in folders hold no image and were passed over")
  }

  @Test func `A second signal ends a run at once`() throws {
    let run = try start(["explain", "photo.jpg", "-", "-w", "xray.pth", "-d", "o", "--jsonl", "-j", "1"])
    #expect(run.waits(forLines: 1))
    run.signal(SIGTERM)
    run.signal(SIGTERM)
    #expect(run.outcome().status == 143)
  }
}
