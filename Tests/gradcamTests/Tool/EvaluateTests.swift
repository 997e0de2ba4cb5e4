import Foundation
import Testing

/// `gradcam evaluate`, by the tool itself.
@Suite struct EvaluateTests {
  private let folder = Workplace("xray.pth", "photo.jpg", "gray.jpg", "rotated.jpg")

  init() {
    for name in ["photo", "gray", "rotated"] { folder.put(Workplace.fixture("\(name).jpg"), as: "in/\(name).jpg") }
  }

  private func run(_ words: String...) throws -> Tool.Outcome {
    let line = ["evaluate", "in", "-w", "xray.pth", "--metrics", "insertion,deletion,drop"]
    return try Tool.run(line + words, in: folder)
  }

  @Test func `The table for people keeps to 100 columns and tells how many images there were`() throws {
    let outcome = try Tool.run(
      ["evaluate", "in", "-w", "xray.pth", "--methods", "gradcam,layercam", "--differences"], in: folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.lines.allSatisfy { $0.count <= 100 }, "\(outcome.text)")
    #expect(outcome.lines[0].hasPrefix("method"))
    #expect(outcome.text.contains("3 images; ±") && outcome.text.contains("difference from gradcam at "))
    #expect(outcome.text.contains("insertion ↑") && outcome.text.contains("deletion ↓"))
    #expect(outcome.text.contains("by insertion"))
    #expect(outcome.errors.contains { $0.contains("3 evaluated") })
  }

  @Test func `One image has no interval, and says so`() throws {
    let outcome = try Tool.run(["evaluate", "photo.jpg", "-w", "xray.pth", "--metrics", "insertion"], in: folder)
    #expect(outcome.status == 0 && outcome.text.contains("one image: no interval"))
    #expect(!outcome.text.contains("±") && !outcome.text.contains("*"))
  }

  @Test func `JSON has every key, and CSV the same rows`() throws {
    let json = try JSON(try run("--json", "--methods", "gradcam,layercam").text)
    #expect(
      json.keys == ["baselines", "failed", "images", "metrics", "model", "not_finite_maps", "rows", "seed"])
    #expect(json["images"].number == 3 && json["rows"].count == 18 && json["metrics"].count == 3)
    #expect(json["metrics"][1]["better"].text == "lower")
    let (first, second) = (json["rows"][0], json["rows"][3])
    #expect(
      first.keys == [
        "beats_baselines", "difference", "difference_high", "difference_low", "group", "high", "images", "layer", "low",
        "mean", "method", "metric", "passes", "undefined",
      ])
    #expect(first["method"].text == "gradcam" && first["difference"].isNull)
    #expect(second["method"].text == "layercam" && second["difference"].number != nil)
    let mean = try #require(first["mean"].number)
    #expect(try #require(first["low"].number) <= mean && mean <= #require(first["high"].number))
    let csv = try run("--csv", "--methods", "gradcam,layercam")
    #expect(csv.lines.count == 19 && csv.text.hasPrefix("method,layer,metric,better,images,undefined,mean,low,high,"))
    #expect(csv.lines[1].hasPrefix("gradcam,") && csv.lines[1].contains(",\(mean),"))
  }

  @Test func `A map that random weights leave as it is fails the check, for any number of jobs`() throws {
    func run(_ words: String...) throws -> Tool.Outcome {
      let metrics = ["--metrics", "randomization,target-randomization,stability-noise"]
      return try Tool.run(["evaluate", "in", "-w", "xray.pth"] + metrics + words, in: folder)
    }
    let table = try run("-j", "1")
    #expect(table.status == 0, "\(table.errors)")
    #expect(table.text.contains("! fails the check: randomization is not below 0.5") && !table.text.contains("best by"))
    #expect(table.lines.contains { $0.hasPrefix("edges") && $0.contains("1.000 ±0.000!") }, "\(table.text)")
    let csv = try run("--csv", "-j", "1")
    #expect(try run("--csv", "-j", "2").text == csv.text)
    let rows = try JSON(run("--json").text)["rows"]
    for index in 0..<rows.count {
      let (row, name) = (rows[index], rows[index]["method"].text)
      switch (name, rows[index]["metric"].text) {
      case ("edges", "randomization"), ("random", "randomization"):
        #expect(row["mean"].number == 1 && !row["passes"].isNull)
      case ("uniform", "randomization"):
        #expect(row["undefined"].number == 3 && row["mean"].isNull && row["passes"].isNull)
      case ("gradcam", "stability-noise"): #expect(row["beats_baselines"].isNull && row["passes"].isNull)
      case ("gradcam", "target-randomization"): #expect(row["beats_baselines"].isNull && !row["passes"].isNull)
      default: break
      }
    }
  }

  @Test func `The table is the same for any number of jobs, interrupted, and from shards`() throws {
    let whole = try run("--csv", "-j", "1").text
    #expect(try run("--csv", "-j", "2").text == whole)
    let part = try Tool.run(
      ["evaluate", "in/gray.jpg", "-w", "xray.pth", "--metrics", "insertion,deletion,drop", "--records", "r"],
      in: folder)
    #expect(part.status == 0)
    let resumed = try run("--csv", "--records", "r", "--resume")
    #expect(resumed.text == whole)
    #expect(resumed.errors.contains { $0.contains("2 evaluated, 1 finished before") }, "\(resumed.errors)")
    let again = try run("--csv", "--records", "r", "--resume")
    #expect(again.text == whole && again.errors.contains { $0.contains("0 evaluated, 3 finished before") })
    // Other options are another recipe.
    #expect(try run("--records", "r", "--resume", "--steps", "7").errors.contains { $0.contains(" 3 evaluated") })
    for shard in ["1/2", "2/2"] { #expect(try run("--shard", shard, "--records", "s\(shard.first!)").status == 0) }
    folder.put((folder.bytes("s1") ?? []) + (folder.bytes("s2") ?? []), as: "joined")
    let joined = try run("--csv", "--records", "joined", "--resume")
    #expect(joined.text == whole && joined.errors.contains { $0.contains("3 finished before") })
  }

  @Test func `An image that fails is counted, recorded, and tried again`() throws {
    folder.put("broken", as: "in/z.jpg")
    let outcome = try run("--json", "--records", "r")
    #expect(outcome.status == 1 && outcome.errors.contains { $0.contains("in/z.jpg") })
    #expect(try JSON(outcome.text)["failed"].number == 1 && JSON(outcome.text)["images"].number == 3)
    #expect(folder.text("r")?.contains("\"kind\":") == true)
    folder.put(Workplace.fixture("photo.jpg"), as: "in/z.jpg")
    let again = try run("--json", "--records", "r", "--resume")
    #expect(again.status == 0 && again.errors.contains { $0.contains("1 evaluated, 3 finished before") })
  }

  @Test func `Requirements decide about the status`() throws {
    #expect(try run("--require", "insertion>=0").status == 0)
    let outcome = try run("--require", "insertion>=0", "--require", "centre:deletion>2")
    #expect(outcome.status == 1)
    let line = try #require(outcome.errors.last)
    #expect(line.hasPrefix("gradcam: --require: centre:deletion>2 does not hold: centre at "))
    #expect(line.contains(", 95 % from ") && line.utf8.count <= 300)
    // Nothing measured is no success.
    folder.put("broken", as: "bad.jpg")
    let none = try Tool.run(
      ["evaluate", "bad.jpg", "-w", "xray.pth", "--require", "insertion>=0"], in: folder)
    #expect(none.status == 1 && none.errors.last?.contains("insertion was measured of no image") == true)
  }

  @Test(arguments: [
    (["--methods", "gradcan"], "--methods: there is no method 'gradcan'"),
    (["--metrics", "insertoin"], "there is no metric 'insertoin'"), (["--layers", "nowhere"], "nowhere"),
    (["--layers", "auto,nowhere"], "--layers: auto"), (["--resume"], "--resume: goes on from records"),
    (["--json", "--csv"], "--json: cannot be given with --csv"), (["--records", "-"], "--records: cannot be"),
    (["--metrics", "deletion", "--require", "insertion>=1"], "--require: insertion>=1 bounds what is not measured"),
    (["--require", "layercam:insertion>=1"], "--require: layercam:insertion>=1 bounds a method"),
    (["--metrics", "localisation"], "--metrics"), (["-", "-"], "-: is named twice"),
  ])
  func `Usage errors are found at start`(_ words: [String], _ message: String) throws {
    let outcome = try Tool.run(["evaluate", "photo.jpg", "-w", "xray.pth"] + words, in: folder)
    #expect(outcome.status == 2 && outcome.output.isEmpty, "\(outcome.errors)")
    #expect(outcome.errors.count == 1 && outcome.errors[0].contains(message), "\(outcome.errors)")
    #expect(outcome.errors[0].utf8.count <= 300)
  }

  @Test func `Other commands say what they cannot do with its records`() throws {
    #expect(try run("--records", "r").status == 0)
    let verified = try folder.run("verify", "r")
    #expect(verified.status == 1 && verified.text.contains("gradcam evaluate measured its maps"))
    #expect(verified.lines.last?.contains("0 differs, 3 not verified") == true, "\(verified.text)")
    let reported = try folder.run("report", "r", "-o", "page.html")
    #expect(reported.status == 2 && reported.errors[0].contains("gradcam evaluate"), "\(reported.errors)")
  }
}
