import Foundation
import ModelFormats
import TestSupport
import Testing

/// `gradcam diff` of two files of records, by the tool itself.
@Suite struct DiffRecordsTests {
  private let folder = Workplace("xray.pth", "photo.jpg", "gray.jpg", "rotated.jpg")

  init() throws {
    for name in ["photo", "gray", "rotated"] { folder.put(Workplace.fixture("\(name).jpg"), as: "in/\(name).jpg") }
    try folder.putModel("other.bin") { name, values in
      name == "classifier.0.weight"
        ? values.enumerated().map { $0.element * Float(1 + 0.8 * sin(Double($0.offset))) } : values
    }
    try explain("xray.pth", "old")
    try explain("other.bin", "new")
  }

  private func explain(_ model: String, _ name: String, _ words: String...) throws {
    let ending = words.contains("original") ? "png" : "npy"
    let outcome = try Tool.run(
      [
        "explain", "in", "-w", model, "-d", name, "--heatmap", "\(name)/{stem}.{target}.\(ending)", "--records",
        "\(name).jsonl", "-t", "1",
      ]
        + words, in: folder)
    precondition(outcome.status == 0, "\(outcome.errors)")
  }

  private func figures(_ outcome: Tool.Outcome) throws -> [[String: Double]] {
    let maps = try outcome.lines.flatMap { line -> [JSON] in
      let maps = try JSON(line)["maps"]
      return (0..<maps.count).map { maps[$0]["diff"] }
    }
    return maps.map { map in
      Dictionary(uniqueKeysWithValues: ["rank", "ssim", "overlap", "shift"].map { ($0, map[$0].number ?? .nan) })
    }
  }

  private func expectSame(_ one: [[String: Double]], _ other: [[String: Double]], within bounds: [String: Double]) {
    #expect(one.count == other.count && !one.isEmpty)
    for (a, b) in zip(one, other) {
      for (name, bound) in bounds {
        let (x, y) = (a[name] ?? .nan, b[name] ?? .nan)
        #expect(abs(x - y) <= bound || x.isNaN && y.isNaN, "\(name): \(x) and \(y)")
      }
    }
  }

  @Test func `Kept maps give what their models give`() throws {
    // Both models' own top class is explained in its records: one class for both here.
    let models = try folder.run("diff", "xray.pth", "other.bin", "in", "--jsonl", "-t", "1")
    let records = try folder.run("diff", "old.jsonl", "new.jsonl", "--jsonl")
    #expect(records.status == 0 && records.lines.count == 3, "\(records.errors)")
    expectSame(
      try figures(models), try figures(records), within: ["rank": 1e-4, "ssim": 1e-4, "overlap": 1e-3, "shift": 1e-2])
    let (one, other) = (try JSON(models.lines[0]), try JSON(records.lines[0]))
    #expect(one["diff"]["changed"].number == other["diff"]["changed"].number)
    #expect(
      one["diff"]["top_old"]["new"]["probability"].number == other["diff"]["top_old"]["new"]["probability"].number)
    let same = try folder.run("diff", "old.jsonl", "old.jsonl", "--json")
    #expect(try JSON(same.text)["rows"][0]["mean"].number == 1)
  }

  @Test func `Pictures of 16 bits on the whole image do within their precision`() throws {
    try explain("xray.pth", "oldpng", "--canvas", "original")
    try explain("other.bin", "newpng", "--canvas", "original")
    let pictures = try folder.run("diff", "oldpng.jsonl", "newpng.jsonl", "--jsonl")
    #expect(pictures.status == 0, "\(pictures.errors)")
    // They are enlarged bicubically, as overlays are, and what was below 0 is cut off.
    expectSame(
      try figures(try folder.run("diff", "old.jsonl", "new.jsonl", "--jsonl")), try figures(pictures),
      within: ["rank": 0.15, "ssim": 0.1, "overlap": 0.2, "shift": 5])
  }

  @Test func `Without models a table, requirements and a page are made all the same`() throws {
    let outcome = try folder.run("diff", "old.jsonl", "new.jsonl", "--page", "p.html", "--require", "rank>=0.999")
    #expect(outcome.status == 1 && outcome.text.contains("3 images; ±"), "\(outcome.errors)")
    #expect(folder.text("p.html")?.components(separatedBy: "alt=\"old\"").count == 4)
    let piped = try Tool.shell("cat new.jsonl | gradcam diff old.jsonl - --csv", in: folder)
    #expect(try piped.status == 0 && piped.text == folder.run("diff", "old.jsonl", "new.jsonl", "--csv").text)
  }

  @Test func `What has no partner is told`() throws {
    let lines = (folder.text("new.jsonl") ?? "").split(separator: "\n").map(String.init)
    folder.put(lines[0] + "\nno record\n" + lines[1] + "\n", as: "less.jsonl")
    let outcome = try folder.run("diff", "old.jsonl", "less.jsonl", "--json")
    #expect(outcome.status == 1 && outcome.errors.contains { $0.contains("less.jsonl: line 2") }, "\(outcome.errors)")
    let json = try JSON(outcome.text)
    #expect(json["images"].number == 2 && json["unpaired"]["only_old"].number == 1)
    let reversed = try folder.run("diff", "less.jsonl", "old.jsonl")
    #expect(reversed.text.contains("only in the old records: 0 image(s), only in the new: 1;"))
  }

  @Test func `Another heatmap than the recorded one refuses its image`() throws {
    let name = try #require(folder.made.first { $0.hasPrefix("new/photo") && $0.hasSuffix(".npy") })
    var bytes = try #require(folder.bytes(name))
    bytes[bytes.count - 1] ^= 1
    folder.put(bytes, as: name)
    let outcome = try folder.run("diff", "old.jsonl", "new.jsonl", "--json")
    #expect(try outcome.status == 1 && JSON(outcome.text)["images"].number == 2)
    #expect(outcome.errors.contains { $0.contains("is not the heatmap that was recorded") }, "\(outcome.errors)")
    try FileManager.default.removeItem(atPath: folder.path(name))
    #expect(try folder.run("diff", "old.jsonl", "new.jsonl").errors.contains { $0.contains(name) })
  }

  @Test func `Records of maps that were not kept, and of pictures in colour, are refused`() throws {
    let plain = try folder.run("explain", "in", "-w", "xray.pth", "-d", "plain", "--records", "plain.jsonl")
    #expect(plain.status == 0)
    let outcome = try folder.run("diff", "plain.jsonl", "new.jsonl")
    #expect(outcome.status == 2 && outcome.errors.last?.contains("keeps no heatmaps") == true, "\(outcome.errors)")
    let colour = try folder.run(
      "explain", "photo.jpg", "-w", "xray.pth", "-d", "c", "--heatmap", "c/map.png", "--records", "colour.jsonl")
    #expect(colour.status == 0)
    let refused = try folder.run("diff", "colour.jsonl", "colour.jsonl")
    #expect(refused.status == 1 && refused.errors.contains { $0.contains("c/map.png: ") }, "\(refused.errors)")
  }

  @Test(arguments: [
    (["old.jsonl", "other.bin"], "old.jsonl: holds records, and other.bin does not"),
    (["xray.pth", "new.jsonl", "photo.jpg"], "new.jsonl: holds records, and xray.pth does not"),
    (["old.jsonl", "new.jsonl", "photo.jpg"], "photo.jpg: is one operand too many"),
    (["old.jsonl", "new.jsonl", "-m", "layercam"], "--method: cannot be given with records"),
    (["old.jsonl", "new.jsonl", "--records", "r"], "--records: cannot be given with records"),
    (["old.jsonl", "new.jsonl", "--page", "old.jsonl"], "old.jsonl: would be replaced"),
  ])
  func `Usage errors are found at start`(_ words: [String], _ message: String) throws {
    let outcome = try Tool.run(["diff"] + words, in: folder)
    #expect(outcome.status == 2 && outcome.output.isEmpty, "\(outcome.errors)")
    #expect(outcome.errors.count == 1 && outcome.errors[0].contains(message), "\(outcome.errors)")
  }

  @Test func `What records claim takes no memory and ends no run`() throws {
    let lines = (folder.text("old.jsonl") ?? "").split(separator: "\n").map(String.init)
    let changes = [
      ("\"preprocess\":\"", "\"preprocess\":\"crop=60000x60000,"), ("\"width\":", "\"width\":2147483647,\"w\":"),
      ("\"seen\":[", "\"seen\":[1e30,"), ("\"map_shape\":[", "\"map_shape\":[2147483647,"),
    ]
    let hostile = changes.map { lines[0].replacingOccurrences(of: $0.0, with: $0.1) }
    for line in hostile {
      folder.put(line + "\n", as: "hostile.jsonl")
      let outcome = try folder.run("diff", "hostile.jsonl", "old.jsonl")
      #expect((1...2).contains(outcome.status) && !outcome.errors.isEmpty, "\(line.prefix(200))")
      #expect(outcome.errors.allSatisfy { $0.utf8.count <= 400 })
    }
  }
}
