import Foundation
import ModelFormats
import TestSupport
import Testing

/// `gradcam diff`, by the tool itself.
@Suite struct DiffTests {
  private let folder = Workplace("xray.pth", "photo.jpg", "gray.jpg", "rotated.jpg")

  init() throws {
    for name in ["photo", "gray", "rotated"] { folder.put(Workplace.fixture("\(name).jpg"), as: "in/\(name).jpg") }
    // The head's weights, some stronger and some weaker.
    try folder.putModel("other.bin") { name, values in
      name == "classifier.0.weight"
        ? values.enumerated().map { $0.element * Float(1 + 0.8 * sin(Double($0.offset))) } : values
    }
  }

  private func run(_ words: String...) throws -> Tool.Outcome {
    try Tool.run(["diff", "xray.pth", "other.bin", "in"] + words, in: folder)
  }

  @Test func `A model does not differ from itself`() throws {
    let outcome = try folder.run("diff", "xray.pth", "xray.pth", "in", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let json = try JSON(outcome.text)
    #expect(json["images"].number == 3 && json["changed"].number == 0 && json["rows"].count == 6)
    for (row, mean) in [1.0, 1, 1, 0, 0, 0].enumerated() {
      #expect(json["rows"][row]["mean"].number == mean && json["rows"][row]["low"].number == mean, "\(outcome.text)")
    }
    #expect(json["old"]["sha256"].text?.count == 64 && json["old"]["sha256"].text == json["new"]["sha256"].text)
  }

  @Test func `Rounded weights hardly differ`() throws {
    // As float16 has them: 11 bits that tell.
    try folder.putModel("half.bin") { $1.map { Float(Float16($0)) } }
    let outcome = try folder.run(
      "diff", "xray.pth", "half.bin", "in", "--require", "rank>=0.99", "--require", "ssim>=0.99", "--require",
      "changed<=0", "--require", "shift<1")
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test func `The text lists the worst first, and tells the means`() throws {
    let outcome = try run()
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.lines[0].hasPrefix("image ") && outcome.lines[0].contains("rank   ssim"), "\(outcome.text)")
    let ranks = outcome.lines[1...3].map { line in
      Double(line.split(separator: " ", omittingEmptySubsequences: true)[1]) ?? -2
    }
    #expect(ranks == ranks.sorted() && ranks[0] < 0.99)
    #expect(
      outcome.text.contains("3 images; ± is half") && outcome.text.contains(" px (")
        && outcome.text.contains("gradcam at "))
    #expect(outcome.text.contains("prediction(s) changed") && outcome.errors.contains { $0.contains("3 compared") })
    #expect(try run("--worst", "1").lines.count == outcome.lines.count - 2)
    #expect(try run("--worst", "0").lines[0].contains("rank ↑"))
    let one = try folder.run("diff", "xray.pth", "other.bin", "photo.jpg")
    #expect(one.status == 0 && one.text.contains("one image: no interval") && !one.text.contains("±"))
  }

  @Test func `A record an image has the figures of each map`() throws {
    let outcome = try run("--jsonl", "-m", "gradcam,layercam", "-t", "0", "-t", "1")
    #expect(outcome.status == 0 && outcome.lines.count == 3, "\(outcome.errors)")
    #expect(outcome.lines.map { $0.contains("in/gray.jpg") } == [true, false, false])
    let record = try JSON(outcome.lines[1])
    #expect(record["maps"].count == 4 && record["model"].text == "xray.pth")
    let difference = record["diff"]
    #expect(
      difference.keys == ["changed", "model", "model_sha256", "preprocess", "top_new", "top_old"]
        && difference["model"].text == "other.bin")
    #expect(difference["top_old"].keys == ["index", "label", "new", "old"])
    let (old, new) = (difference["top_old"]["old"]["probability"], difference["top_old"]["new"]["probability"])
    #expect(old.number != nil && new.number != nil && old.number != new.number)
    #expect(
      record["maps"][0]["diff"].keys == [
        "constant", "empty", "layer", "map_max", "map_min", "map_shape", "not_finite", "overlap", "rank", "score",
        "shift",
        "shift_share", "ssim", "verdict",
      ])
  }

  @Test func `The summary is the same for any number of jobs, interrupted, and from shards`() throws {
    let whole = try run("--csv", "-j", "1").text
    #expect(whole.hasPrefix("method,layer,layer_new,figure,better,images,undefined,mean,low,high\r\ngradcam,"))
    #expect(try run("--csv", "-j", "2").text == whole)
    #expect(
      try folder.run("diff", "xray.pth", "other.bin", "in/gray.jpg", "--records", "r").status == 0)
    let resumed = try run("--csv", "--records", "r", "--resume")
    #expect(resumed.text == whole && resumed.errors.contains { $0.contains("2 compared, 1 finished before") })
    #expect(try run("--records", "r", "--resume").lines.count == run().lines.count)
    // Another new model is another comparison.
    let other = try folder.run("diff", "xray.pth", "xray.pth", "in", "--records", "r", "--resume")
    #expect(other.errors.contains { $0.contains(" 3 compared") }, "\(other.errors)")
    for shard in ["1/2", "2/2"] { #expect(try run("--shard", shard, "--records", "s\(shard.first!)").status == 0) }
    folder.put((folder.bytes("s1") ?? []) + (folder.bytes("s2") ?? []), as: "joined")
    let joined = try run("--csv", "--records", "joined", "--resume")
    #expect(joined.text == whole && joined.errors.contains { $0.contains("3 finished before") })
  }

  @Test func `Requirements decide about the status`() throws {
    let outcome = try run("--require", "rank>=0.999", "--require", "gradcam:overlap>=0")
    #expect(outcome.status == 1)
    let line = try #require(outcome.errors.last)
    #expect(line.hasPrefix("gradcam: --require: rank>=0.999 does not hold: gradcam at ") && line.utf8.count <= 300)
  }

  @Test func `An image that fails is counted and recorded`() throws {
    folder.put("broken", as: "in/z.jpg")
    let outcome = try run("--json", "--records", "r")
    #expect(outcome.status == 1 && outcome.errors.contains { $0.contains("in/z.jpg") })
    #expect(try JSON(outcome.text)["failed"].number == 1 && JSON(outcome.text)["images"].number == 3)
  }

  @Test func `NaN maps are counted and averaged nowhere`() throws {
    try folder.putModel("nan.bin") { $0 == "classifier.0.weight" ? $1.map { _ in .nan } : $1 }
    let outcome = try folder.run("diff", "xray.pth", "nan.bin", "in", "--json")
    let json = try JSON(outcome.text)
    #expect(json["not_finite_maps"].number == 3 && json["rows"][0]["mean"].isNull, "\(outcome.text)")
    #expect(json["rows"][0]["undefined"].number == 3 && json["rows"][0]["images"].number == 0)
  }

  @Test func `Maps of one value have no rank, and are counted`() throws {
    try folder.putModel("zero.bin") { $0 == "classifier.0.weight" ? $1.map { _ in 0 } : $1 }
    let outcome = try folder.run("diff", "xray.pth", "zero.bin", "in")
    #expect(outcome.text.contains("3 pair(s) of maps had one of a single value"), "\(outcome.text)")
    #expect(outcome.text.contains("[new map constant]") || outcome.text.contains("[both maps constant]"))
    let required = try folder.run("diff", "xray.pth", "zero.bin", "in", "--require", "rank>=0")
    #expect(required.status == 1 && required.errors.last?.contains("of 3 pairs, by gradcam at ") == true)
  }

  @Test func `Classes are matched by their labels`() throws {
    folder.put("normal\npneumonia\n", as: "labels.txt")
    #expect(try folder.run("convert", "xray.pth", "-o", "a.bin", "--labels", "labels.txt").status == 0)
    folder.put("normal\nfracture\n", as: "labels.txt")
    #expect(try folder.run("convert", "xray.pth", "-o", "b.bin", "--labels", "labels.txt").status == 0)
    let outcome = try folder.run("diff", "a.bin", "b.bin", "in")
    #expect(outcome.status == 2 && outcome.output.isEmpty)
    #expect(
      outcome.errors == [outcome.errors[0]]
        && outcome.errors[0].contains("b.bin: has no class 'pneumonia', which a.bin has"))
    // The options name those of both.
    #expect(try folder.run("diff", "a.bin", "b.bin", "in", "--labels", "labels.txt").status == 0)
    let unlabelled = try folder.run("diff", "a.bin", "other.bin", "photo.jpg")
    #expect(unlabelled.status == 0, "\(unlabelled.errors)")
    let cifar = Workplace.fixture("cifar.th")
    folder.put(cifar, as: "cifar.th")
    let counts = try folder.run("diff", "xray.pth", "cifar.th", "photo.jpg")
    #expect(
      counts.status == 2 && counts.errors.last?.contains("has 10 classes, and xray.pth has 2") == true,
      "\(counts.errors)")
  }

  @Test func `Models of two input sizes are compared in what both see`() throws {
    folder.put(Workplace.fixture("cifar.th"), as: "cifar.th")
    #expect(try folder.run("convert", "cifar.th", "-o", "small.bin", "--preprocess", "unit").status == 0)
    let large = ["convert", "cifar.th", "-o", "large.bin", "--preprocess", "unit", "--input-shape", "3x48x48"]
    #expect(try Tool.run(large, in: folder).status == 0)
    let outcome = try folder.run("diff", "small.bin", "large.bin", "in", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let rank = try #require(try JSON(outcome.text)["rows"][0]["mean"].number)
    #expect(rank > 0.5 && rank < 1)
  }

  @Test(arguments: [
    ([], "diff: OLD and NEW are not both named"), (["xray.pth"], "diff: OLD and NEW are not both named"),
    (["xray.pth", "other.bin"], "diff: no image is named"),
    (["xray.pth", "gone.bin", "photo.jpg"], "gone.bin: "),
    (["xray.pth", "other.bin", "photo.jpg", "--resume"], "--resume: goes on from records"),
    (["xray.pth", "other.bin", "photo.jpg", "--json", "--csv"], "--json: cannot be given with --csv"),
    (["xray.pth", "other.bin", "photo.jpg", "--layer-new", "nowhere"], "--layer-new of other.bin: "),
    (["xray.pth", "other.bin", "photo.jpg", "-l", "nowhere"], "--layer of xray.pth: "),
    (
      ["xray.pth", "other.bin", "photo.jpg", "--layer-new", "resnet_blocks.-1,resnet_blocks.-2"], "--layer-new: names 2"
    ),
    (["xray.pth", "other.bin", "photo.jpg", "--require", "pointing>=1"], "--require: diff measures no 'pointing'"),
    (
      ["xray.pth", "other.bin", "photo.jpg", "--require", "layercam:rank>=1"],
      "--require: layercam:rank>=1 bounds a method"
    ),
    (["xray.pth", "other.bin", "photo.jpg", "--page", "photo.jpg"], "photo.jpg: would be replaced"),
    (
      ["xray.pth", "other.bin", "photo.jpg", "--page", "none/p.html"], "none/p.html: lies in a folder that is not there"
    ),
    (["xray.pth", "other.bin", "photo.jpg", "--page", "-"], "--page: cannot be standard output"),
    (["xray.pth", "other.bin", "-", "-"], "-: is named twice"),
  ])
  func `Usage errors are found at start`(_ words: [String], _ message: String) throws {
    let outcome = try Tool.run(["diff"] + words, in: folder)
    #expect(outcome.status == 2 && outcome.output.isEmpty, "\(outcome.errors)")
    #expect(outcome.errors.count == 1 && outcome.errors[0].contains(message), "\(outcome.errors)")
    #expect(outcome.errors.allSatisfy { $0.utf8.count <= 300 })
  }

  @Test func `Other commands say what they cannot do with its records`() throws {
    #expect(try run("--records", "r").status == 0)
    let verified = try folder.run("verify", "r")
    #expect(verified.status == 1 && verified.text.contains("gradcam diff compared its maps"), "\(verified.text)")
    let reported = try folder.run("report", "r", "-o", "page.html")
    #expect(reported.status == 2 && reported.errors[0].contains("is a record of gradcam diff"), "\(reported.errors)")
    let compared = try folder.run("diff", "r", "r")
    #expect(compared.status == 2 && compared.errors[0].contains("is a record of gradcam diff"), "\(compared.errors)")
  }

  @Test func `The page is one file with both overlays, the worst first`() throws {
    folder.put(Workplace.fixture("photo.jpg"), as: "in/<b>&\"x.jpg")
    let outcome = try run("--page", "page.html")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(folder.made == ["page.html"])
    let page = try #require(folder.text("page.html"))
    #expect(
      page.components(separatedBy: "alt=\"old\"").count == 5 && page.components(separatedBy: "alt=\"new\"").count == 5)
    #expect(!page.contains("<b>&\"x") && page.contains("&lt;b&gt;&amp;\"x.jpg"))
    #expect(page.contains("sha256 ") && page.contains("xray.pth") && page.contains("other.bin"))
    for word in ["http:", "https:", "<script", "url("] { #expect(!page.contains(word), "\(word)") }
    // Another run takes its place, and nothing else's.
    #expect(try run("--page", "page.html").status == 0)
    folder.put("mine", as: "own.html")
    #expect(try run("--page", "own.html").status == 2 && folder.text("own.html") == "mine")
    // What was finished before is drawn, too.
    #expect(try run("--records", "r").status == 0)
    #expect(try run("--records", "r", "--resume", "--page", "again.html").status == 0)
    #expect(folder.text("again.html")?.components(separatedBy: "alt=\"old\"").count == 5)
  }
}
