import Foundation
import Testing

/// No two maps write one file: names that could mix are told before work, or the second image fails.
@Suite struct NameCollisionTests {
  private let folder = Workplace("cifar.th")
  private let labels = ["b-c", "c", "b.c", "\u{e9}", "e\u{301}", "p/q", "p_q", "C", "i", "j"]

  init() { folder.put(labels.joined(separator: "\n"), as: "labels.txt") }

  private func put(_ names: String...) { for name in names { folder.put(Workplace.fixture("tiny.png"), as: name) } }

  private func explain(_ words: String...) throws -> Tool.Outcome {
    try Tool.run(["explain", "-w", "cifar.th", "--labels", "labels.txt", "-d", "o"] + words, in: folder)
  }

  /// The complaint about the second image of a folder, after the first was explained.
  private func complaint(_ outcome: Tool.Outcome) -> String? {
    #expect(outcome.status == 1 && outcome.lines.count > 0)
    return outcome.errors.first { $0.contains("would write") }
  }

  @Test(arguments: [["-t", "b-c", "-t", "c"], ["-t", "all"], ["-t", "top", "-t", "all"]])
  func `A class that makes up for another stem, in a folder`(_ targets: [String]) throws {
    put("in/a.png", "in/a-b.png")
    let words = ["explain", "in", "-w", "cifar.th", "--labels", "labels.txt", "-d", "o", "-j", "1"]
    let outcome = try Tool.run(words + ["--heatmap", "m/{stem}-{target}.npy"] + targets, in: folder)
    // The folder's order is that of bytes.
    #expect(complaint(outcome)?.hasPrefix("gradcam: in/a.png: would write m/a-b-c.npy, as did another image") == true)
    #expect(folder.made.contains("m/a-b-c.npy") && !folder.made.contains("m/a-c.npy"))
  }

  @Test func `A class that makes up for another stem, as operands`() throws {
    put("a.png", "a-b.png")
    let outcome = try explain("a.png", "a-b.png", "-t", "b-c", "-t", "c", "--heatmap", "{stem}-{target}.npy")
    #expect(outcome.status == 2 && folder.made == [])
    #expect(outcome.errors.first?.contains("a-b.png: would write a-b-c.npy, as would a.png") == true)
  }

  @Test func `Placeholders that run together`() throws {
    put("a.png")
    let outcome = try explain("a.png", "-t", "all", "-l", "layer2,layer3", "--heatmap", "m/{stem}{method}.npy")
    #expect(outcome.status == 2 && outcome.errors.first?.contains("{layer} in its name") == true)
    folder.put("x\nxlayer1.0.\n" + (0..<8).map { "\($0)q\n" }.joined(), as: "labels.txt")
    let layers = "layer1.0.conv1,conv1"
    let mixed = try explain("a.png", "-t", "0", "-t", "1", "-l", layers, "--heatmap", "m/{target}{layer}.npy")
    #expect(mixed.status == 2 && folder.made == [])
    #expect(
      mixed.errors.first == "gradcam: --heatmap: two maps of an image would write one file, as m/xlayer1.0.conv1.npy "
        + "(text between {method}, {layer} and {target} that none of their names holds)")
    let apart = try explain("a.png", "-t", "0", "-t", "1", "-l", layers, "--heatmap", "m/{target}-{layer}.npy")
    #expect(apart.status == 0 && folder.made.count { $0.hasPrefix("m/") } == 4)
    // Which classes there are is known with the image alone.
    let later = try explain("a.png", "-t", "top", "-t", "all", "-l", layers, "--heatmap", "m/{target}{layer}.npy")
    #expect(later.status == 1 && later.errors.last?.contains("a.png: would write m/xlayer1.0.conv1.npy twice") == true)
  }

  @Test(arguments: [["-t", "b.c", "-t", "c"], ["-t", "top5", "-t", "b.c", "-t", "c"]])
  func `A stem with dots and a label with dots`(_ targets: [String]) throws {
    put("in/a", "in/a.b")
    let outcome = try Tool.run(
      ["explain", "in", "-w", "cifar.th", "--labels", "labels.txt", "-d", "o", "-j", "1"] + targets, in: folder)
    #expect(complaint(outcome)?.hasPrefix("gradcam: in/a.b: would write o/a.b.c.gradcam.png") == true)
  }

  @Test func `A heatmap that is named like an overlay`() throws {
    put("in/x", "in/x.png")
    let outcome = try explain("in", "--heatmap", "o/{stem}.gradcam.png", "-j", "1")
    #expect(outcome.status == 1)
    let apart = try explain("in/x.png", "-d", "p", "--heatmap", "q/{stem}.gradcam.png")
    #expect(apart.status == 0)
    #expect(symlink("p", folder.path("link")) == 0)
    let linked = try explain("in/x.png", "-d", "p", "--heatmap", "q/../link/{stem}.gradcam.png")
    #expect(linked.status == 2 && linked.errors.first?.contains("twice") == true)
    let page = try explain("in/x.png", "--report", "r", "--dump", "r/index.html")
    #expect(page.status == 2 && page.errors.first?.contains("r/index.html: would be replaced") == true)
  }

  @Test func `Labels that differ in bytes alone are two names`() throws {
    put("a.png")
    #expect(try explain("a.png", "-t", "all").status == 0)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("o"))
    #expect(Set(names.map { Array($0.utf8) }).count == 10)
    let composed = ["\u{e9}", "e\u{301}"].map { Array("a.\($0).gradcam.png".utf8) }
    #expect(composed.allSatisfy { name in names.contains { Array($0.utf8) == name } })
    #expect(names.contains("a.p_q-5.gradcam.png") && names.contains("a.p_q-6.gradcam.png"))
    let one = try explain("a.png", "-t", "e\u{301}", "--jsonl")
    #expect(try JSON(one.text)["maps"][0]["target"]["index"].number == 4)
  }

  @Test func `Long names that are cut, and a name that looks like one`() throws {
    let long = String(repeating: "n", count: 250)
    put("in/\(long)a", "in/\(long)b")
    #expect(try explain("in").status == 0)
    let names = folder.made
    #expect(names.count == 2 && names.allSatisfy { $0.utf8.count <= 257 })
    put("in/\(names[0].dropFirst(2).dropLast(".gradcam.png".count))")
    #expect(try explain("in").status == 0)
    #expect(folder.made.count == 3)
  }

  @Test func `An output that leads to an image of a folder or a list`() throws {
    put("in/a.png", "in/b.png")
    folder.put("in/a.png\n", as: "list")
    folder.makeFolder("o/in")
    #expect(link(folder.path("in/b.png"), folder.path("o/a.png.gradcam.png")) == 0)
    #expect(symlink("../../in/b.png", folder.path("o/in/a.png.gradcam.png")) == 0)
    #expect(symlink("../cifar.th", folder.path("o/b.png.gradcam.png")) == 0)
    for outcome in [try explain("in"), try explain("--files-from", "list")] {
      #expect(outcome.status == 1 && outcome.lines.count == 0)
      #expect(outcome.errors.contains { $0.contains("is no picture that gradcam made") })
    }
    // An operand beside a folder.
    put("c.png", "in/c.gradcam.png")
    let beside = try explain("c.png", "in", "-d", "in")
    #expect(beside.status == 1 && folder.bytes("in/c.gradcam.png") == Workplace.fixture("tiny.png"))
  }
}
