import Foundation
import Testing

/// `--records`, `--resume` and `--shard`.
@Suite struct ResumeTests {
  private let folder = Workplace("xray.pth", "photo.jpg")

  init() { for name in ["a", "b", "c"] { folder.put(Workplace.fixture("photo.jpg"), as: "in/\(name).jpg") } }

  /// The images that a run explained.
  private func run(_ words: String...) throws -> [String] {
    let line = ["explain", "in", "-w", "xray.pth", "-d", "o", "--records", "records", "--jsonl"] + words
    let outcome = try Tool.run(line, in: folder)
    #expect(outcome.status == 0)
    return try outcome.lines.compactMap { try JSON($0)["image"].text }
  }

  private let all = ["in/a.jpg", "in/b.jpg", "in/c.jpg"]

  @Test func `What is finished is passed over, for the same model and options alone`() throws {
    #expect(try run("--resume") == all)
    #expect(try run("--resume") == [])
    #expect(try run("--resume", "-j", "1") == [])
    #expect(try run("--resume", "--alpha", "0.5") == all)
    #expect(try run("--resume", "--alpha", "0.5") == [])
    // The overlays are those of the other look now.
    #expect(try run("--resume") == all && run("--resume") == [])
    // Another method's overlays have names of their own.
    #expect(try run("--resume", "-m", "layercam") == all && run("--resume") == [])
    #expect(try run() == all)
    try folder.putModel("other.pth", head: { $0 * 2 })
    #expect(try run("--resume", "-w", "other.pth") == all)
  }

  @Test func `An output that is gone or cut, or whose image is another now, is made again`() throws {
    #expect(try run() == all)
    try FileManager.default.removeItem(atPath: folder.path("o/b.jpg.gradcam.png"))
    #expect(try run("--resume") == ["in/b.jpg"])
    let file = try #require(folder.bytes("o/c.jpg.gradcam.png"))
    try Data(file.dropLast(20)).write(to: URL(fileURLWithPath: folder.path("o/c.jpg.gradcam.png")))
    #expect(try run("--resume") == ["in/c.jpg"])
    let photo = Workplace.fixture("photo.jpg")
    func date(_ seconds: Double, _ name: String) throws {
      let time = [FileAttributeKey.modificationDate: Date(timeIntervalSinceNow: seconds)]
      try FileManager.default.setAttributes(time, ofItemAtPath: folder.path(name))
    }
    // Touched, but the same.
    try date(3600, "in/a.jpg")
    #expect(try run("--resume") == [])
    // Another of the same size and an older date, as moving a file leaves it: a byte of the last scan differs.
    folder.put(photo.dropLast(40) + [photo[photo.count - 40] ^ 1] + photo.suffix(39), as: "in/a.jpg")
    try date(-3600, "in/a.jpg")
    #expect(try run("--resume") == ["in/a.jpg"])
    folder.put(Workplace.fixture("gray.jpg"), as: "in/b.jpg")
    #expect(try run("--resume") == ["in/b.jpg"])
    try FileManager.default.removeItem(atPath: folder.path("in/c.jpg"))
    #expect(try run("--resume") == [])
  }

  @Test func `An image that failed is tried again`() throws {
    folder.put("broken", as: "in/d.jpg")
    let words = ["explain", "in", "-w", "xray.pth", "-d", "o", "--records", "records", "--resume", "--jsonl"]
    #expect(try Tool.run(words, in: folder).status == 1)
    folder.put(Workplace.fixture("photo.jpg"), as: "in/d.jpg")
    #expect(try run("--resume") == ["in/d.jpg"])
    #expect(try run("--resume") == [])
  }

  @Test func `Several maps of an image are one record, and all count`() throws {
    let words = [
      "-l", "resnet_blocks.3,resnet_blocks.4", "-t", "0", "-t", "1", "--heatmap", "m/{stem}{layer}{target}.npy",
    ]
    func again() throws -> [String] {
      let line = ["explain", "in", "-w", "xray.pth", "-d", "o", "--records", "records", "--jsonl", "--resume"] + words
      return try Tool.run(line, in: folder).lines.compactMap { try JSON($0)["image"].text }
    }
    #expect(try again() == all && again() == [])
    let heatmap = try #require(folder.made.first { $0.hasPrefix("m/b") })
    try FileManager.default.removeItem(atPath: folder.path(heatmap))
    #expect(try again() == ["in/b.jpg"])
  }

  @Test func `The parts of a run are the whole run`() throws {
    for index in 0..<20 { folder.put(Workplace.fixture("photo.jpg"), as: "in/\(index).jpg") }
    let parts = try (1...3).map { try run("--shard", "\($0)/3") }
    #expect(parts.flatMap { $0 }.count == 23 && Set(parts.flatMap { $0 }).count == 23)
    #expect(try run("--resume") == [])
  }

  @Test func `Two runs at once into one folder`() throws {
    for index in 0..<40 { folder.put(Workplace.fixture("photo.jpg"), as: "in/\(index).jpg") }
    func words(_ records: String) -> [String] {
      ["explain", "in", "-w", "xray.pth", "-d", "o", "--records", records, "--jsonl"]
    }
    let first = try Tool.Running(words("records"), in: folder)
    #expect(first.waits(forLines: 1))
    let refused = try Tool.run(words("records"), in: folder)
    #expect(refused.status == 2 && refused.output.isEmpty)
    #expect(
      refused.errors == [
        "gradcam: records: is being written by another run (another file, or wait for that run)"
      ])
    let beside = try Tool.run(words("others"), in: folder)
    #expect(first.outcome().status == 0 && beside.status == 0 && beside.lines.count == 43)
    let overlays = folder.made.filter { $0.hasPrefix("o/") }
    #expect(overlays.count == 43)
    for name in overlays { #expect(folder.bytes(name)?.suffix(8).starts(with: "IEND".utf8) == true) }
  }
}
