import Foundation
import ModelFormats
import Testing

/// What an output may replace: files of its own kind that this tool made, and nothing else.
@Suite struct OwnershipTests {
  private static let foreign: [(kind: String, bytes: [UInt8])] = [
    ("text", Array("#!/bin/sh\necho kept\n".utf8)), ("photo", Workplace.fixture("photo.jpg")),
    ("PNG", Workplace.fixture("tiny.png")), ("model", Workplace.fixture("xray.pth")), ("byte", [1]),
  ]

  /// Runs the tool over every kind of foreign file under a name; each must stay, and be named.
  private func stays(_ name: String, status: Int32, _ words: String..., as kind: String) throws {
    for (content, bytes) in Self.foreign {
      let folder = Workplace("photo.jpg", "xray.pth")
      folder.put(bytes, as: name)
      let outcome = try Tool.run(words, in: folder)
      #expect(outcome.status == status, "\(content)")
      #expect(
        outcome.errors.first
          == "gradcam: \(name): is there already, and is no \(kind) that gradcam made (another name or folder, or remove it)"
      )
      #expect(folder.bytes(name) == bytes, "\(content)")
      #expect(folder.made == [])
    }
  }

  @Test func `An overlay`() throws {
    try stays("x.png", status: 2, "explain", "photo.jpg", "-w", "xray.pth", "-o", "x.png", as: "picture")
    try stays("photo.gradcam.png", status: 1, "explain", "photo.jpg", "-w", "xray.pth", as: "picture")
  }

  @Test func `A heatmap and a dump`() throws {
    try stays(
      "h.npy", status: 1, "explain", "photo.jpg", "-w", "xray.pth", "-o", "o.png", "--heatmap", "h.npy",
      as: "heatmap")
    try stays(
      "dump", status: 2, "explain", "photo.jpg", "-w", "xray.pth", "-o", "o.png", "--dump", "dump", as: "dump")
  }

  @Test func `A page, and the page of a report`() throws {
    try stays(
      "report/index.html", status: 2, "explain", "photo.jpg", "-w", "xray.pth", "--report", "report", as: "report")
    let folder = Workplace("photo.jpg", "xray.pth")
    #expect(try folder.explain("--records", "r").status == 0)
    folder.put("<!doctype html>\n<title>mine</title>\n", as: "p.html")
    let outcome = try folder.run("report", "r", "-o", "p.html")
    #expect(outcome.status == 2 && outcome.errors.count == 1 && folder.text("p.html")?.contains("mine") == true)
  }

  @Test func `A model file`() throws {
    try stays("w.bin", status: 2, "convert", "xray.pth", "-o", "w.bin", as: "model file")
    let folder = Workplace("photo.jpg", "xray.pth")
    try folder.putModel("w.safetensors")
    let before = folder.bytes("w.safetensors")
    #expect(try folder.run("convert", "xray.pth", "-o", "w.safetensors").status == 2)
    #expect(folder.bytes("w.safetensors") == before)
  }

  @Test func `What this tool made is replaced, and so is what is empty`() throws {
    let folder = Workplace("photo.jpg", "gray.jpg", "xray.pth")
    let words = ["-w", "xray.pth", "--dump", "d.safetensors", "--report", "r", "--heatmap"]
    for (output, heatmap) in [("o.png", "h.npy"), ("o.jpg", "h.png"), ("o.svg", "h.jpg"), ("o.svg", "h.svg")] {
      for name in [output, heatmap, "d.safetensors"] where folder.bytes(name) == nil { folder.put("", as: name) }
      var before: [[UInt8]?] = []
      for image in ["photo.jpg", "gray.jpg"] {
        let outcome = try Tool.run(["explain", image, "-o", output] + words + [heatmap], in: folder)
        #expect(outcome.status == 0)
        let now = [output, heatmap, "d.safetensors", "r/index.html"].map(folder.bytes)
        #expect(zip(before, now).allSatisfy { $0 != $1 })
        before = now
      }
    }
    #expect(try folder.run("convert", "xray.pth", "-o", "w.bin").status == 0)
    #expect(try folder.run("convert", "w.bin", "-o", "v.bin", "--preprocess", "half").status == 0)
    #expect(try folder.run("convert", "v.bin", "-o", "w.bin").status == 0)
    #expect(folder.bytes("v.bin") == folder.bytes("w.bin"))
  }

  @Test func `What a run that is resumed wrote is made again, whatever has become of it`() throws {
    let folder = Workplace("photo.jpg", "gray.jpg", "xray.pth")
    let words = [
      "explain", "photo.jpg", "gray.jpg", "-w", "xray.pth", "-d", "o", "--heatmap", "o/{stem}.npy",
      "--records", "records", "--resume",
    ]
    #expect(try Tool.run(words, in: folder).status == 0)
    let (overlay, heatmap) = (folder.bytes("o/photo.gradcam.png"), folder.bytes("o/photo.npy"))
    let wreck = Workplace.fixture("tiny.png").dropLast(20)
    folder.put(wreck, as: "o/photo.gradcam.png")
    folder.put(heatmap?.prefix(50) ?? [], as: "o/photo.npy")
    #expect(try Tool.run(words.dropLast(), in: folder).status == 1)
    #expect(try Tool.run(words, in: folder).status == 0)
    #expect(folder.bytes("o/photo.gradcam.png") == overlay && folder.bytes("o/photo.npy") == heatmap)
    // The record of another image is no proof.
    let record = try #require(folder.text("records")).replacingOccurrences(of: "o/gray", with: "o/photo")
    folder.put(record, as: "records")
    folder.put(wreck, as: "o/gray.gradcam.png")
    let outcome = try Tool.run(words, in: folder)
    #expect(outcome.status == 1 && folder.bytes("o/gray.gradcam.png") == Array(wreck))
  }

  @Test func `A page of an earlier version`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    #expect(try folder.explain("--report", "r").status == 0)
    let page = try #require(folder.text("r/index.html"))
    folder.put(
      page.replacingOccurrences(of: "<meta name=\"generator\" content=\"gradcam\">\n", with: ""), as: "r/index.html")
    #expect(try folder.explain("--report", "r").status == 0)
    #expect(folder.text("r/index.html")?.contains("generator") == true)
  }

  @Test func `An image that is an overlay itself, and its own output`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    #expect(try folder.explain("-o", "a.png").status == 0)
    let before = folder.bytes("a.png")
    folder.put("a.png\n", as: "list")
    let outcome = try folder.run(
      "explain", "--files-from", "list", "-w", "xray.pth", "-d", "o", "--heatmap", "{stem}.png")
    #expect(outcome.status == 1 && folder.bytes("a.png") == before)
    #expect(
      outcome.errors.first == "gradcam: a.png: would be replaced, but is an input (another name for the output)")
  }

  // MARK: - Records

  @Test(arguments: [
    "{\"name\":\"x\",\"version\":\"1\"}", "{\"images\":[],\"annotations\":[]}\n", "{\n  \"name\": \"x\"\n}\n",
    "{\"image\":\"a.jpg\",\"caption\":\"a cat\"}\n", "{\"image\":\"a.jpg\",\"caption\":\"a ca",
    "{\"image\":\"a.jpg\",\"error\":\"x\",\"worker\":3}\n", "{\"image\":\"a.jpg\",\"maps\":[]}\n", "notes\n",
  ]) func `Somebody else's JSON is not appended to, cut or begun anew`(_ content: String) throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    folder.put(content, as: "r/records.jsonl")
    for words in [["--records", "r/records.jsonl"], ["--report", "r"], ["--report", "r", "--resume"]] {
      let outcome = try Tool.run(["explain", "photo.jpg", "-w", "xray.pth"] + words, in: folder)
      #expect(outcome.status == 2 && outcome.errors.count == 1)
      #expect(outcome.errors.first?.hasPrefix("gradcam: r/records.jsonl: holds no records") == true)
      #expect(folder.text("r/records.jsonl") == content)
      #expect(folder.made == [])
    }
  }

  @Test func `Records with something else behind them`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    #expect(try folder.explain("--report", "r").status == 0)
    let record = try #require(folder.text("r/records.jsonl"))
    for end in ["and my notes", "and my notes\n", "{\"mine\":1"] {
      folder.put(record + end, as: "r/records.jsonl")
      #expect(try folder.explain("--report", "r").status == 2)
      #expect(folder.text("r/records.jsonl") == record + end)
      // What is ended costs that line alone where nothing is taken away.
      #expect(try folder.explain("--report", "r", "--resume").status == (end.hasSuffix("\n") ? 0 : 2))
      #expect(folder.text("r/records.jsonl")?.hasPrefix(record + end) == true)
    }
    // As a machine leaves it that lost its power.
    folder.put(record + record.prefix(100) + String(repeating: "\0", count: 300), as: "r/records.jsonl")
    #expect(try folder.explain("--records", "r/records.jsonl").status == 0)
    let lines = folder.text("r/records.jsonl")?.split(separator: "\n") ?? []
    #expect(lines.count == 2 && lines[0] == record.dropLast())
  }

  @Test func `Records are not what the output is redirected to`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    let line = "gradcam explain photo.jpg -w xray.pth --records r --jsonl > r"
    let outcome = try Tool.shell(line, in: folder)
    #expect(outcome.status == 2)
    #expect(outcome.errors == ["gradcam: r: is what the run's output is redirected to (another file)"])
  }

  // MARK: - Descriptors by their paths

  @Test(arguments: ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "link"])
  func `An overlay goes to standard output, a file, by whatever name`(_ name: String) throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    #expect(symlink("/dev/stdout", folder.path("link")) == 0)
    #expect(try folder.explain("-o", "o.png").status == 0)
    let outcome = try folder.explain("-o", name)
    #expect(outcome.status == 0 && outcome.output == folder.bytes("o.png"))
    #expect(outcome.errors.count == 1 && outcome.errors[0].hasPrefix("\(name)  "))
    let json = try folder.explain("-o", name, "--jsonl")
    #expect(json.status == 2)
    // Behind what stands there.
    let after = try Tool.shell("{ echo first; gradcam explain photo.jpg -w xray.pth -o \(name); } > both", in: folder)
    #expect(after.status == 0 && folder.bytes("both") == Array("first\n".utf8) + (folder.bytes("o.png") ?? []))
  }

  @Test func `Files of other descriptors`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    let outcome = try Tool.shell(
      "gradcam explain photo.jpg -w xray.pth -o /dev/fd/3 --dump /dev/fd/4 --records /dev/fd/5 3> o 4> d 5> r",
      in: folder)
    #expect(outcome.status == 0 && outcome.lines.count == 1)
    #expect(try JSON(folder.text("r") ?? "")["image"].text == "photo.jpg")
    #expect(folder.bytes("o")?.suffix(8).starts(with: "IEND".utf8) == true && folder.bytes("d")?.isEmpty == false)
    let model = try Tool.shell("gradcam convert xray.pth -o /dev/stdout > w; gradcam convert xray.pth -o v", in: folder)
    #expect(model.errors.count == 1 && folder.bytes("w") == folder.bytes("v"))
  }

  // MARK: - Leftovers

  @Test func `What a killed run left is removed where the next writes, and what is written is not`() throws {
    let folder = Workplace("xray.pth", "photo.jpg")
    folder.put(Workplace.fixture("photo.jpg"), as: "in/a.jpg")
    // No process has so large a number.
    let dead = ".a.jpg.gradcam.png.999999999.1234.gradcam.part"
    let own = [
      ".a.999999999.gradcam.part", ".x.part", "a.9.9.gradcam.part",
    ]
    for name in own { folder.put("kept", as: "o/\(name)") }
    for place in ["o", "r", "r/p.files", "."] { folder.put("part", as: "\(place)/\(dead)") }
    #expect(try folder.run("explain", "in", "-w", "xray.pth", "-d", "o", "--records", "r/records").status == 0)
    #expect(folder.bytes("o/\(dead)") == nil && folder.bytes("r/\(dead)") != nil)
    #expect(own.allSatisfy { folder.text("o/\($0)") == "kept" })
    #expect(try folder.run("report", "r/records", "-o", "r/p.html", "--pictures", "files").status == 0)
    #expect(folder.bytes("r/\(dead)") == nil && folder.bytes("r/p.files/\(dead)") == nil)
    #expect(try folder.run("convert", "xray.pth", "-o", "w.bin").status == 0)
    #expect(folder.bytes(dead) == nil)
  }

  @Test func `The page of a report is no file for its records`() throws {
    let folder = Workplace("xray.pth", "photo.jpg")
    let outcome = try folder.explain("--report", "r", "--records", "./r/index.html")
    #expect(outcome.status == 2 && outcome.errors == ["gradcam: --records: is the page of --report (another file)"])
    #expect(folder.made.isEmpty)
  }
}
