import Foundation
import Testing

/// Outputs that cannot be written, or must not be: one line, and nothing left.
@Suite struct OutputFailureTests {
  private static let unwritable: [(words: [String], line: String)] = [
    (["-o", "missing/x.png"], "missing/x.png: cannot be written: there is no folder missing"),
    (["-o", "photo.jpg/x.png"], "photo.jpg/x.png: cannot be written: not a directory"),
    (["-o", "folder"], "folder: is a folder (name a file)"),
    (["-o", "/dev/full"], "/dev/full: cannot be written: no space left on the device"),
    (["-o", "x.png", "--dump", "/dev/full"], "/dev/full: cannot be written: no space left on the device"),
    (["-o", "x.png", "--heatmap", "folder.npy"], "folder.npy: is a folder (name a file)"),
    (["-d", "photo.jpg"], "photo.jpg: cannot be made: a file has that name"),
    (["-d", "/proc/maps"], "/proc/maps: cannot be made: no such file"),
  ]

  @Test(arguments: unwritable.indices) func `What cannot be written`(_ index: Int) throws {
    let (words, line) = Self.unwritable[index]
    let folder = Workplace("photo.jpg", "xray.pth")
    folder.makeFolder("folder")
    folder.makeFolder("folder.npy")
    let outcome = try Tool.run(["explain", "photo.jpg", "-w", "xray.pth"] + words, in: folder)
    #expect(outcome.status == 1)
    #expect(outcome.errors == ["gradcam: \(line)"])
    #expect(outcome.output.isEmpty)
    #expect(folder.made == [])
  }

  @Test func `A record names the output that failed`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    let outcome = try folder.explain("-o", "missing/x.png", "--jsonl")
    #expect(outcome.status == 1)
    #expect(
      outcome.lines == [
        #"{"error":"missing/x.png: cannot be written: there is no folder missing","image":"photo.jpg","kind":"not-written"}"#
      ])
  }

  @Test func `A name that is too long`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    let name = String(repeating: "n", count: 252) + ".png"
    let outcome = try folder.explain("-o", name)
    #expect(outcome.status == 1 && folder.made == [])
    #expect(outcome.errors == ["gradcam: \(name): cannot be written: file name too long"])
  }

  @Test func `An output that is an input`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    folder.makeFolder("sub")
    try FileManager.default.createSymbolicLink(atPath: folder.path("soft.png"), withDestinationPath: "photo.jpg")
    try FileManager.default.linkItem(atPath: folder.path("xray.pth"), toPath: folder.path("hard.png"))
    let before = folder.made
    for name in ["photo.jpg", "./photo.jpg", "sub/../photo.jpg", "soft.png", "xray.pth", "hard.png"] {
      for option in ["-o", "--dump"] {
        let outcome = try folder.explain(option, name)
        #expect(outcome.status == 2 && outcome.output.isEmpty)
        #expect(
          outcome.errors == ["gradcam: \(name): would be replaced, but is an input (another name for the output)"])
      }
    }
    #expect(folder.made == before)
    #expect(folder.bytes("photo.jpg") == Workplace.fixture("photo.jpg"))
    #expect(folder.bytes("xray.pth") == Workplace.fixture("xray.pth"))
  }

  @Test func `An overlay that would replace another image of its folder`() throws {
    let folder = Workplace("xray.pth")
    folder.put(Workplace.fixture("photo.jpg"), as: "in/a.jpg")
    folder.put(Workplace.fixture("tiny.png"), as: "in/a.jpg.gradcam.png")
    try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: "in")
    let outcome = try folder.run("explain", "in", "-w", "xray.pth", "-d", "link")
    #expect(outcome.status == 1)
    #expect(
      outcome.errors.first
        == "gradcam: link/a.jpg.gradcam.png: is there already, and is no picture that gradcam made "
        + "(another name or folder, or remove it)")
    #expect(folder.bytes("in/a.jpg.gradcam.png") == Workplace.fixture("tiny.png"))
  }

  @Test func `Standard output that is full, closed or read by nobody`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    func errors(_ output: Tool.Output, _ words: String...) throws -> (Int32, [String]) {
      let outcome = try Tool.run(["explain", "photo.jpg", "-w", "xray.pth"] + words, in: folder, output: output)
      return (outcome.status, outcome.errors)
    }
    let full = "gradcam: standard output: cannot be written: no space left on the device"
    #expect(try errors(.file("/dev/full")) == (1, [full]))
    #expect(try errors(.file("/dev/full"), "-o", "-") == (1, [full]))
    #expect(try errors(.file("/dev/full"), "--json") == (1, [full]))
    let closed = "gradcam: standard output: cannot be written: bad file descriptor"
    #expect(try errors(.closed) == (1, [closed]))
    #expect(try errors(.closed, "-o", "-") == (1, [closed]))
    // As after `| head`: that is how it is meant.
    #expect(try errors(.brokenPipe) == (0, []))
    #expect(try errors(.brokenPipe, "--jsonl") == (0, []))
    #expect(try errors(.brokenPipe, "-o", "-") == (1, ["gradcam: standard output: cannot be written: broken pipe"]))
  }

  @Test func `Converting`() throws {
    let folder = Workplace("xray.pth")
    func outcome(_ words: String...) throws -> (Int32, [String]) {
      let outcome = try Tool.run(["convert", "xray.pth"] + words, in: folder)
      return (outcome.status, outcome.errors)
    }
    #expect(
      try outcome("-o", "./xray.pth") == (
        2, ["gradcam: --output: './xray.pth' is the model that is read (another name)"]
      ))
    #expect(
      try outcome("-o", "/dev/full") == (1, ["gradcam: /dev/full: cannot be written: no space left on the device"]))
    #expect(try outcome("-o", "no/w") == (1, ["gradcam: no/w: cannot be written: there is no folder no"]))
    #expect(
      try outcome("-o", "w", "-l", "classifier.1")
        == (
          2,
          [
            "gradcam: --layer: classifier.1 has no spatial extent (its output is [1, 1, 1, 1]) (a layer before pooling)"
          ]
        ))
    #expect(folder.made == [])
  }
}
