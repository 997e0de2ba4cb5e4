import Foundation
import ModelFormats
import Testing

/// Runs over inputs that have something wrong: every good image gets exactly one record and one whole output.
@Suite struct FaultTests {
  private let photo = Workplace.fixture("photo.jpg")

  /// Checks the records against the images that are good, and their outputs.
  private func check(_ outcome: Tool.Outcome, in folder: Workplace, good: [String]) throws {
    let records = try outcome.lines.map { try JSON($0) }
    let explained = records.filter { $0["error"].text == "absent" }
    #expect(explained.compactMap { $0["image"].text } == good)
    for record in explained {
      let output = try #require(record["maps"][0]["output"].text)
      #expect(folder.bytes(output)?.suffix(8).starts(with: "IEND".utf8) == true)
    }
    #expect(folder.made.allSatisfy { !$0.hasSuffix(".part") })
    #expect(folder.made.count { $0.hasSuffix(".png") && $0.hasPrefix("o/") } == good.count)
  }

  @Test func `One image in twenty is damaged, in every way`() throws {
    let folder = Workplace("xray.pth")
    let damages: [(Int) -> [UInt8]] = [
      { _ in [] }, { [photo] in Array(photo.prefix(20 + $0)) }, { _ in Array("GIF89a....".utf8) },
      { [photo] in Array(photo.prefix(3)) + [UInt8](repeating: 0xFF, count: 4000 + $0) },
      { _ in [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + [UInt8](repeating: 0, count: 100) },
    ]
    var good: [String] = []
    for index in 0..<200 {
      let name = "in/\(1000 + index).jpg"
      let isDamaged = index % 20 == 7
      folder.put(isDamaged ? damages[index / 20 % damages.count](index) : photo, as: name)
      if !isDamaged { good.append(name) }
    }
    let outcome = try folder.run("explain", "in", "-w", "xray.pth", "-d", "o", "--jsonl")
    #expect(outcome.status == 1 && outcome.lines.count == 200)
    try check(outcome, in: folder, good: good)
    let last = try #require(outcome.errors.last)
    #expect(last.contains("190 explained, ") && last.contains(" damaged") && last.contains(" no-image"))
  }

  @Test(arguments: ["rm records", "rm records && touch records", "mv records moved", ": > records"])
  func `Records that are gone at the end are an error`(_ line: String) throws {
    let folder = Workplace("photo.jpg", "gray.jpg", "xray.pth")
    let run = try Tool.Running(
      ["explain", "--files-from", "-", "-w", "xray.pth", "-d", "o", "--report", "r", "--records", "records"], in: folder
    )
    run.send("photo.jpg\n")
    #expect(run.waits(forLines: 1))
    #expect(try Tool.shell(line, in: folder).status == 0)
    run.send("gray.jpg\n")
    run.endList()
    let outcome = run.outcome()
    // The maps are made all the same.
    #expect(outcome.status == 1 && outcome.lines.count == 2)
    #expect(folder.made.count { $0.hasPrefix("o/") } == 2 && !folder.made.contains("r/index.html"))
    let last = try #require(outcome.errors.last)
    let fate = line.hasPrefix(":") ? "was cut while" : "was removed or replaced while"
    #expect(last.hasPrefix("gradcam: records: \(fate) it was written, and "))
  }

  @Test func `Few open files are an error before the first image`() throws {
    let folder = Workplace("xray.pth")
    for index in 0..<4 { folder.put(photo, as: "in/\(index).jpg") }
    let records = try folder.run("explain", "in", "-w", "xray.pth", "-d", "o", "--jsonl")
    folder.put(records.output, as: "records")
    let lines = [
      "explain in -w xray.pth -d o --records r -j 2", "verify records -j 2", "report records -o p.html -j 2",
      "bench xray.pth --runs 1",
    ]
    for line in lines {
      for count in [4, 8, 12] {
        let outcome = try Tool.shell("ulimit -n \(count); exec gradcam \(line)", in: folder)
        let hasRemedy = outcome.errors.first.map { $0.contains("(ulimit -n ") } ?? false
        #expect(outcome.status == 2 && outcome.output.isEmpty, "\(line) with \(count)")
        #expect(outcome.errors.count == 1 && hasRemedy, "\(outcome.errors)")
      }
      #expect(try Tool.shell("ulimit -n 64; exec gradcam \(line)", in: folder).status == 0, "\(line)")
    }
  }

  @Test func `Links to nothing, to themselves and to folders, sockets and files that are not to be read`() throws {
    let folder = Workplace("xray.pth")
    folder.put(photo, as: "in/a.jpg")
    folder.put(photo, as: "in/z.jpg")
    let files = FileManager.default
    try files.createSymbolicLink(atPath: folder.path("in/dead.jpg"), withDestinationPath: "nowhere")
    try files.createSymbolicLink(atPath: folder.path("in/loop.jpg"), withDestinationPath: "loop.jpg")
    try files.createSymbolicLink(atPath: folder.path("in/up"), withDestinationPath: "..")
    folder.makeFolder("in/folder.jpg")
    folder.put(photo, as: "in/locked.jpg")
    chmod(folder.path("in/locked.jpg"), 0)
    let isRoot = getuid() == 0
    let outcome = try folder.run("explain", "in", "-r", "-w", "xray.pth", "-d", "o", "--jsonl")
    let bad = ["in/dead.jpg", "in/loop.jpg"] + (isRoot ? [] : ["in/locked.jpg"])
    let failed = try outcome.lines.map { try JSON($0) }.filter { $0["kind"].text == "unreadable" }
    #expect(outcome.status == 1 && failed.compactMap { $0["image"].text } == bad)
    try check(outcome, in: folder, good: ["in/a.jpg"] + (isRoot ? ["in/locked.jpg"] : []) + ["in/z.jpg"])
  }

  @Test func `A folder that vanishes while it is explained`() throws {
    let folder = Workplace("xray.pth")
    for index in 0..<150 { folder.put(photo, as: "in/a/\(1000 + index).jpg") }
    for index in 0..<5 { folder.put(photo, as: "in/b/\(index).jpg") }
    let run = try Tool.Running(["explain", "in", "-r", "-w", "xray.pth", "-d", "o", "--jsonl", "-j", "1"], in: folder)
    #expect(run.waits(forLines: 10))
    try FileManager.default.removeItem(atPath: folder.path("in/a"))
    let outcome = run.outcome()
    let records = try outcome.lines.map { try JSON($0) }
    let gone = records.filter { $0["error"].text == "no such file" }
    #expect(outcome.status == 1 && !gone.isEmpty)
    let good = records.filter { $0["error"].text == "absent" }.compactMap { $0["image"].text }
    #expect(good.count >= 10 && good.suffix(5) == (0..<5).map { "in/b/\($0).jpg" }[...])
    try check(outcome, in: folder, good: good)
  }

  @Test func `Names with everything in them, from a list between NUL bytes`() throws {
    let folder = Workplace("xray.pth")
    let names = [
      "-d.jpg", "--jsonl", "a b.jpg", "a\nb.jpg", "a'b\".jpg", "a\\b.jpg", "$(x).jpg", "*.jpg", "ü.jpg", "in/a b.jpg",
      "in/-", "~.jpg", "#.jpg", " .jpg", "in/.hidden.jpg", String(repeating: "n", count: 250) + ".jpg",
    ]
    for name in names { folder.put(photo, as: name) }
    folder.put(names.joined(separator: "\0"), as: "list")
    let outcome = try folder.run("explain", "--files-from", "list", "-0", "-w", "xray.pth", "-d", "o", "--jsonl")
    #expect(outcome.status == 0)
    try check(outcome, in: folder, good: names)
  }

  @Test func `A name that is not UTF-8 is recorded to the byte, and passed over when resumed`() throws {
    let folder = Workplace("xray.pth")
    folder.put(photo, as: "a.jpg")
    let odd = Array("\(folder.root)/o".utf8).map { CChar(bitPattern: $0) } + [CChar(bitPattern: 0xFF), 0]
    #expect(rename(folder.path("a.jpg"), odd) == 0)
    folder.put([0x6F, 0xFF], as: "list")
    let words = ["explain", "--files-from", "list", "-w", "xray.pth", "-d", "o", "--records", "records", "--jsonl"]
    let outcome = try Tool.run(words, in: folder)
    let map = try JSON(outcome.text)["maps"][0]
    #expect(outcome.status == 0)
    #expect(map["output_base64"].text == Data("o/o".utf8 + [0xFF] + ".gradcam.png".utf8).base64EncodedString())
    #expect(try Tool.run(words + ["--resume"], in: folder).output.isEmpty)
    #expect(
      try folder.run("verify", "records").lines == ["1 same, 0 agrees, 0 differs, 0 not verified, 0 failed before"])
  }

  @Test func `A hundred thousand names from standard input take no more memory than a thousand`() throws {
    let folder = Workplace("xray.pth")
    func peak(_ count: Int) throws -> Int {
      folder.put((0..<count).map { "some/folder/of/images/no-\($0).jpg\n" }.joined(), as: "list")
      // Most names are left to other parts: it is the list that is measured.
      let outcome = try folder.run(
        "explain", "--files-from", "-", "-w", "xray.pth", "--shard", "1/200", "--records", "records", "--verbose", "-j",
        "1",
        input: "list")
      #expect(outcome.status == 1)
      let line = try #require(outcome.errors.last { $0.hasPrefix("peak memory: ") })
      return try #require(Int(line.dropFirst("peak memory: ".count).prefix { $0.isNumber }))
    }
    let (few, many) = (try peak(1000), try peak(100_000))
    #expect(Double(many) < Double(few) * 1.1, "\(few) and \(many) MB")
  }
}
