import Foundation
import ModelFormats
import TestSupport
import Testing

/// What `gradcam diff` says of pairs that cannot be compared, and that no requirement passes by leaving them out.
@Suite struct DiffGateTests {
  private let folder = Workplace("xray.pth", "photo.jpg", "gray.jpg", "rotated.jpg")

  init() throws {
    for name in ["photo", "gray", "rotated"] { folder.put(Workplace.fixture("\(name).jpg"), as: "in/\(name).jpg") }
  }

  private func explain(_ model: String, _ name: String, _ words: String...) throws {
    let outcome = try Tool.run(
      ["explain", "in", "-w", model, "-d", name, "--heatmap", "\(name)/{stem}.{target}.{method}.npy"]
        + ["--records", "\(name).jsonl"] + words, in: folder)
    precondition(outcome.status == 0, "\(outcome.errors)")
  }

  /// A model whose classes are called otherwise.
  private func rename(_ labels: String, _ name: String) throws {
    folder.put(labels, as: "labels.txt")
    let outcome = try folder.run("convert", "xray.pth", "-o", name, "--labels", "labels.txt")
    precondition(outcome.status == 0, "\(outcome.errors)")
  }

  @Test func `A figure that pairs lack fails its bound`() throws {
    try folder.putModel("zero.bin") { $0 == "classifier.0.weight" ? $1.map { _ in 0 } : $1 }
    let outcome = try folder.run(
      "diff", "xray.pth", "zero.bin", "in", "--require", "rank>=-1", "--require", "ssim>=-1", "--require", "shift<=1e9")
    #expect(outcome.status == 1)
    let failures = outcome.errors.filter { $0.contains("of 3 pairs, by gradcam at ") }
    #expect(failures.count == 3 && failures[0].contains("rank is of "), "\(outcome.errors)")
    #expect(outcome.text.contains(" of 3)"), "\(outcome.text)")
    // Two blank maps do not differ.
    let same = try folder.run(
      "diff", "zero.bin", "zero.bin", "in", "--require", "rank>=0.9", "--require", "ssim>=0.9", "--json")
    #expect(same.status == 0, "\(same.errors)")
    #expect(try JSON(same.text)["empty_maps"].number == 3 && JSON(same.text)["rows"][0]["undefined"].number == 3)
    #expect(try folder.run("diff", "zero.bin", "zero.bin", "in").text.contains("both are one model"))
  }

  @Test func `Scores that are not finite are no answer`() throws {
    try folder.putModel("nan.bin") { $0 == "classifier.0.weight" ? $1.map { _ in .nan } : $1 }
    let outcome = try folder.run("diff", "xray.pth", "nan.bin", "in", "--require", "changed<=0.5", "--page", "p.html")
    #expect(outcome.status == 1 && outcome.text.contains("→ no answer (NaN) [changed]"), "\(outcome.text)")
    #expect(outcome.text.contains("3 image(s) without an answer from the new model"))
    #expect(folder.text("p.html")?.contains("no answer (NaN)") == true)
    let json = try JSON(folder.run("diff", "nan.bin", "xray.pth", "in", "--json").text)
    #expect(json["no_answer_old"].number == 3 && json["no_answer_new"].number == 0 && json["changed"].number == 3)
    let record = try JSON(folder.run("diff", "xray.pth", "nan.bin", "in", "--jsonl").lines[0])
    #expect(record["diff"]["top_new"].isNull && !record["diff"]["top_old"].isNull)
    try explain("xray.pth", "old")
    try explain("nan.bin", "new")
    let records = try folder.run("diff", "old.jsonl", "new.jsonl", "--json")
    #expect(try JSON(records.text)["no_answer_new"].number == 3 && JSON(records.text)["changed"].number == 3)
  }

  @Test(arguments: ["--json", "--csv", "--jsonl", "--quiet"])
  func `Images without a partner are told in every format`(_ format: String) throws {
    try explain("xray.pth", "old")
    let lines = (folder.text("old.jsonl") ?? "").split(separator: "\n").map(String.init)
    folder.put(lines[0] + "\n", as: "less.jsonl")
    let words = format == "--quiet" ? [] : [format]
    let outcome = try Tool.run(["diff", "old.jsonl", "less.jsonl"] + words, in: folder)
    #expect(outcome.status == 0)
    #expect(
      outcome.errors.contains {
        $0.contains("warning: less.jsonl: does not have 2 image(s) that old.jsonl has explained, as in/")
      }, "\(outcome.errors)")
    let required = try Tool.run(["diff", "less.jsonl", "old.jsonl", "--require", "changed<=1"] + words, in: folder)
    #expect(required.status == 1 && required.errors.last?.contains("0 are in OLD alone, 2 in NEW alone") == true)
    #expect(required.errors.allSatisfy { $0.utf8.count <= 300 })
  }

  @Test func `Another way to prepare images is told`() throws {
    #expect(try folder.run("convert", "xray.pth", "-o", "a.bin", "--preprocess", "unit").status == 0)
    #expect(try folder.run("convert", "xray.pth", "-o", "b.bin", "--preprocess", "imagenet").status == 0)
    let outcome = try folder.run("diff", "a.bin", "b.bin", "in", "--json", "--page", "p.html")
    let warning = outcome.errors.first { $0.contains("warning: b.bin: prepares images by ") }
    #expect(outcome.status == 0 && (warning?.utf8.count ?? 999) <= 300, "\(outcome.errors)")
    let json = try JSON(outcome.text)
    #expect(json["old"]["preprocess"].text != nil && json["old"]["preprocess"].text != json["new"]["preprocess"].text)
    #expect(folder.text("p.html")?.contains("<dt>Preprocessing</dt><dd>old: ") == true)
    #expect(json["worst"][0]["ssim"].number != nil && json["worst"][0]["shift_share"].number != nil)
  }

  @Test func `The table tells the class where it is not the answer`() throws {
    let outcome = try folder.run("diff", "xray.pth", "xray.pth", "in", "-t", "all", "--worst", "2")
    #expect(outcome.status == 0 && outcome.lines[0].contains("  class "), "\(outcome.text)")
  }

  @Test func `Case tells no classes apart, and other labels are refused`() throws {
    try rename("normal\npneumonia\n", "a.bin")
    try rename("Normal\nPneumonia\n", "b.bin")
    try rename("normal\nfracture\n", "c.bin")
    #expect(try folder.run("diff", "a.bin", "b.bin", "in", "--require", "changed<=0").status == 0)
    for name in ["a", "b", "c"] { try explain("\(name).bin", name, "-t", "1") }
    let same = try folder.run("diff", "a.jsonl", "b.jsonl", "--require", "changed<=0", "--json")
    #expect(try same.status == 0 && JSON(same.text)["images"].number == 3, "\(same.errors)")
    let other = try folder.run("diff", "a.jsonl", "c.jsonl")
    #expect(other.status == 2 && other.output.isEmpty)
    #expect(other.errors.last?.contains("c.jsonl: calls class 1 'fracture', and a.jsonl 'pneumonia'") == true)
  }

  @Test func `Why nothing could be compared is told, and images under other paths are found`() throws {
    try explain("xray.pth", "old", "-t", "1")
    try explain("xray.pth", "other", "-t", "1", "-m", "layercam")
    try explain("xray.pth", "zero", "-t", "0")
    let method = try folder.run("diff", "old.jsonl", "other.jsonl")
    #expect(method.errors.last?.contains("are made by gradcam, these layercam") == true, "\(method.errors)")
    let target = try folder.run("diff", "old.jsonl", "zero.jsonl")
    #expect(target.errors.last?.contains("those explain ") == true, "\(target.errors)")
    let text = folder.text("old.jsonl") ?? ""
    folder.put(text.replacingOccurrences(of: "\"image\":\"in/", with: "\"image\":\"there/"), as: "moved.jsonl")
    let moved = try folder.run("diff", "old.jsonl", "moved.jsonl", "--json", "--require", "changed<=0")
    #expect(try moved.status == 0 && JSON(moved.text)["images"].number == 3, "\(moved.errors)")
    // A digest that two images share tells neither.
    let lines = text.split(separator: "\n").map(String.init)
    let twice = lines[0].replacingOccurrences(of: "\"image\":\"in/", with: "\"image\":\"there/")
    let again = lines[0].replacingOccurrences(of: "\"image\":\"in/", with: "\"image\":\"elsewhere/")
    folder.put(twice + "\n" + again + "\n", as: "twice.jsonl")
    let paths = try folder.run("diff", "old.jsonl", "twice.jsonl")
    #expect(paths.status == 2 && paths.errors.last?.contains("has no image that twice.jsonl has explained") == true)
    // A bound on a method of the records, and on another.
    #expect(try folder.run("diff", "other.jsonl", "other.jsonl", "--require", "layercam:changed<=0").status == 0)
    let bound = try folder.run("diff", "other.jsonl", "other.jsonl", "--require", "gradcam:rank>=0")
    #expect(bound.status == 1 && bound.errors.last?.contains("no map by gradcam was compared") == true)
  }

  @Test func `A bound without a method holds for each of several`() throws {
    try folder.putModel("other.bin") { name, values in
      name == "classifier.0.weight"
        ? values.enumerated().map { $0.element * Float(1 + 0.8 * sin(Double($0.offset))) } : values
    }
    let words = ["diff", "xray.pth", "other.bin", "in", "-m", "layercam,gradcam"]
    let json = try JSON(Tool.run(words + ["--json"], in: folder).text)
    // The rank is the first figure of each row of six.
    let ranks = [json["rows"][0]["mean"].number ?? .nan, json["rows"][6]["mean"].number ?? .nan]
    #expect(json["rows"].count == 12 && ranks[0] != ranks[1])
    let between = (ranks[0] + ranks[1]) / 2
    let outcome = try Tool.run(words + ["--require", "rank>=\(between)"], in: folder)
    let worse = ranks[0] < ranks[1] ? "layercam at " : "gradcam at "
    #expect(
      outcome.status == 1 && outcome.errors.last?.contains("does not hold: \(worse)") == true, "\(outcome.errors)")
    let named = ranks[0] < ranks[1] ? "gradcam" : "layercam"
    #expect(try Tool.run(words + ["--require", "\(named):rank>=\(between)"], in: folder).status == 0)
  }

  @Test func `The page names images that failed`() throws {
    for number in 0..<23 { folder.put("broken", as: "in/z\(number).jpg") }
    let outcome = try folder.run("diff", "xray.pth", "xray.pth", "in", "--page", "p.html", "--worst", "0")
    let page = folder.text("p.html") ?? ""
    #expect(outcome.status == 1 && page.components(separatedBy: "<li>failed: ").count == 21)
    #expect(page.contains("<li>and 3 more</li>"))
  }
}
