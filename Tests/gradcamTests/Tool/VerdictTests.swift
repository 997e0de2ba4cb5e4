import GradCAMCore
import TestSupport
import Testing

/// Maps that are worth nothing say so: in the record, in the line, and as a warning.
@Suite struct VerdictTests {
  private func outcome(_ folder: Workplace, _ words: String...) throws -> (JSON, Tool.Outcome) {
    let line = ["explain", "photo.jpg", "-w", "changed.bin", "--jsonl", "--dump", "d"]
    let outcome = try Tool.run(line + words, in: folder)
    #expect(outcome.status == 0)
    #expect(!outcome.text.lowercased().contains("nan") && !outcome.text.contains("inf"))
    return (try JSON(outcome.text)["maps"][0], outcome)
  }

  private func expectZero(_ folder: Workplace) throws {
    for key in ["cam", "heatmap"] {
      let values = try folder.dump("d").tensor(key).logical()
      #expect(values.allSatisfy { $0 == 0 }, "\(key)")
    }
  }

  @Test(arguments: ["max", "minmax", "none"]) func `Nothing positive`(_ normalization: String) throws {
    let folder = Workplace("photo.jpg")
    try folder.putModel("changed.bin", head: { -abs($0) })
    let (map, outcome) = try outcome(folder, "--normalize", normalization)
    #expect(map["verdict"].text == "all-negative")
    #expect(map["border"].isNull && map["entropy"].isNull)
    #expect(
      outcome.errors == [
        """
        gradcam: warning: photo.jpg: all-negative: nothing in the layer speaks for this class; the map is zero \
        everywhere (positive, resnet_blocks.4)
        """
      ])
    try expectZero(folder)
    let line = try folder.run("explain", "photo.jpg", "-w", "changed.bin", "--quiet")
    #expect(
      line.errors == [] && line.text.contains("  map: evidence for positive, 0.0 %  [all-negative]  ")
        && line.text.hasSuffix(" ms\n"))
  }

  @Test func `A score that does not depend on the layer`() throws {
    let folder = Workplace("photo.jpg")
    try folder.putModel("changed.bin", head: { _ in 0 })
    let (map, outcome) = try outcome(folder)
    #expect(map["verdict"].text == "zero-gradient" && map["score"].number == 0)
    #expect(outcome.errors.first?.hasPrefix("gradcam: warning: photo.jpg: zero-gradient: the score does not ") ?? false)
    try expectZero(folder)
  }

  @Test func `The same value everywhere`() throws {
    let folder = Workplace("photo.jpg")
    try folder.putModel("changed.bin") { name, values in
      if ["resnet_blocks.4.bn2.weight", "resnet_blocks.4.shortcut.1.weight"].contains(name) {
        return values.map { _ in 0 }
      }
      return name.hasPrefix("resnet_blocks.4.") && name.hasSuffix("bias") ? values.map { _ in 1 } : values
    }
    let (map, _) = try outcome(folder)
    #expect(map["verdict"].text == "constant")
    #expect(map["map_min"].number == map["map_max"].number)
  }

  @Test func `An output at its bound`() throws {
    let folder = Workplace("photo.jpg")
    try folder.putModel("changed.bin", head: { abs($0) * 1000 })
    let (map, outcome) = try outcome(folder, "--score", "output")
    #expect(map["verdict"].text == "saturated" && map["score"].number == 1)
    #expect(outcome.errors.first?.contains("saturated: the output is at its bound in float32") ?? false)
    let (logit, _) = try self.outcome(folder, "--score", "logit")
    #expect(logit["verdict"].text == "ok")
  }

  @Test(arguments: [Float.nan, .infinity]) func `Weights that are not finite`(_ value: Float) throws {
    let folder = Workplace("photo.jpg")
    try folder.putModel("changed.bin") { name, values in
      name == "resnet_blocks.1.conv1.weight" ? [value] + values.dropFirst() : values
    }
    for normalization in ["max", "minmax", "none"] {
      let (map, outcome) = try outcome(folder, "--normalize", normalization)
      #expect(map["verdict"].text == "not-finite")
      #expect(["map_min", "map_max", "score", "border", "entropy"].allSatisfy { map[$0].isNull })
      #expect(
        outcome.errors == [
          "gradcam: warning: changed.bin: 1 weight tensor(s) hold NaN or infinite values: resnet_blocks.1.conv1.weight",
          """
          gradcam: warning: photo.jpg: not-finite: the layer holds NaN or infinite values (positive, resnet_blocks.4)
          """,
        ])
      try expectZero(folder)
    }
  }
}
