import Foundation
import ModelFormats
import TestSupport
import Testing

/// `gradcam evaluate --page`, by the tool itself.
@Suite struct EvaluatePageTests {
  private static let models = Fixture.repository.appending(FilePath("models")).description
  private let folder = Workplace("xray.pth", "photo.jpg")

  init() {
    for name in ["photo", "gray", "rotated"] { folder.put(Workplace.fixture("\(name).jpg"), as: "in/\(name).jpg") }
  }

  private func run(_ words: String...) throws -> Tool.Outcome {
    let line = ["evaluate", "in", "-w", "xray.pth", "--metrics", "insertion,deletion", "--page", "page.html"]
    return try Tool.run(line + words, in: folder)
  }

  /// What the page holds.
  private func data(_ name: String = "page.html") throws -> JSON { try JSON(try text(name)) }

  private func text(_ name: String = "page.html") throws -> String {
    let page = try #require(folder.text(name))
    let start = try #require(page.firstRange(of: "<script type=\"application/json\" id=\"data\">\n"))
    let rest = page[start.upperBound...]
    return String(rest[..<(try #require(rest.firstRange(of: "\n</script>"))).lowerBound])
  }

  @Test func `The page has the numbers of the table`() throws {
    let outcome = try run("--methods", "gradcam,layercam", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let (json, page) = (try JSON(outcome.text), try data())
    #expect(page["table"].keys == json.keys && page["table"]["rows"].count == 12 && json["rows"].count == 12)
    for index in 0..<12 {
      let (left, right) = (json["rows"][index], page["table"]["rows"][index])
      for key in ["mean", "low", "high", "difference", "difference_low", "difference_high", "images"] {
        #expect(left[key].number == right[key].number, "\(key) of row \(index)")
      }
      #expect(left["method"].text == right["method"].text && right["group"].text == "all")
    }
    #expect(page["methods"].count == 2 && page["marks"].isNull && page["date"].text?.hasSuffix(" UTC") == true)
    #expect(page["model_sha256"].text?.utf8.count == 64)
    // A curve a row and metric, of which the area is the mean.
    #expect(page["curves"].count == 12)
    let curve = page["curves"][0]
    #expect(curve["metric"].text == "insertion" && curve["images"].number == 3 && curve["mean"].count == 6)
    let points = (0..<6).map { (curve["shares"][$0].number ?? 0, curve["mean"][$0].number ?? 0) }
    let area = zip(points, points.dropFirst()).reduce(0) { $0 + ($1.1.0 - $1.0.0) * ($1.1.1 + $1.0.1) / 2 }
    #expect(abs(area - (json["rows"][0]["mean"].number ?? 9)) < 1e-4)
  }

  @Test func `The page loads nothing, is bounded, and shows each image once`() throws {
    #expect(try run("--methods", "gradcam,layercam").status == 0)
    let page = try #require(folder.text("page.html"))
    #expect(page.contains("default-src 'none'"))
    // The name of SVG, which is no address to load from, and http-equiv.
    #expect(page.components(separatedBy: "http").count == 3 && page.contains("\"http://www.w3.org/2000/svg\""))
    #expect(page.utf8.count < 400_000, "\(page.utf8.count)")
    // The report's style is in the page, too: a height of its tables hid the last rows of the leaderboard.
    let rules = page.components(separatedBy: ".scroller {").dropFirst().map { $0.prefix { $0 != "}" } }
    #expect(!rules.isEmpty && !rules.contains { $0.contains("height") }, "\(rules)")
    let gallery = try data()["gallery"]
    #expect(gallery["metric"].text == "insertion" && gallery["method"].text == "gradcam")
    #expect(gallery["best"].count == 2 && gallery["worst"].count == 1)
    let cards = [gallery["best"][0], gallery["best"][1], gallery["worst"][0]]
    #expect(Set(cards.compactMap { $0["image"].text }).count == 3)
    let values = cards.compactMap { $0["value"].number }
    #expect(values == values.sorted(by: >), "\(values)")
    for card in cards {
      #expect(card["overlay"].text?.hasPrefix("data:image/jpeg;base64,") == true && card["note"].isNull)
      #expect(card["outline"].isNull && card["others"].count == 5)
    }
  }

  @Test func `Names out of files mean nothing to a browser`() throws {
    let bad = "<img src=x onerror=alert(3)>&\"'.jpg"
    folder.put(Workplace.fixture("photo.jpg"), as: "in/\(bad)")
    folder.put("</script><script>alert(1)</script>\n<!--<script>\n", as: "labels.txt")
    #expect(try run("--labels", "labels.txt").status == 0)
    let page = try #require(folder.text("page.html"))
    #expect(!page.contains("<img") && !page.contains("alert(1)</script>") && !page.contains("<!--<script>"))
    #expect(page.components(separatedBy: "<script").count == 3)
    let gallery = try data()["gallery"]
    let cards = [gallery["best"][0], gallery["best"][1], gallery["worst"][0], gallery["worst"][1]]
    #expect(cards.contains { $0["image"].text == "in/\(bad)" })
    #expect(cards.allSatisfy { $0["target"].text == "<!--<script>" })
  }

  @Test func `A resumed run makes the page of a whole one`() throws {
    #expect(try run().status == 0)
    let whole = try text()
    let part = try Tool.run(
      ["evaluate", "in/gray.jpg", "-w", "xray.pth", "--metrics", "insertion,deletion", "--records", "r"], in: folder)
    #expect(part.status == 0)
    #expect(try run("--records", "r", "--resume").errors.contains { $0.contains("1 finished before") })
    func undated(_ text: String) throws -> String {
      let date = try #require(try JSON(text)["date"].text)
      return text.replacing(date, with: "")
    }
    #expect(try undated(text()) == undated(whole))
    #expect(folder.text("r")?.contains("\"curves\":{\"deletion\":{\"from\":0,\"to\":1,\"values\":[") == true)
  }

  @Test func `Masks are drawn, and groups have tables`() throws {
    let images = ["opacity-01", "normal-01"].map { "\(Self.models)/images/\($0).jpg" }
    let outcome = try Tool.run(
      ["evaluate", "-w", "\(Self.models)/demo-xray.bin", "--masks", "\(Self.models)/masks", "--metrics", "energy,hit"]
        + ["-m", "fem", "--by", "class,size", "--page", "page.html", "--json"] + images, in: folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let (json, page) = (try JSON(outcome.text), try data())
    let groups = Set((0..<json["rows"].count).compactMap { json["rows"][$0]["group"].text })
    #expect(groups == ["all", "class:opacity", "size:medium"], "\(groups)")
    #expect(page["groups"].count == 2 && page["groups"][0]["title"].text == "class opacity")
    #expect(page["groups"][0]["images"].number == 1 && page["unmarked"].number == 1)
    #expect(page["table"]["rows"].count == json["rows"].count)
    let card = page["gallery"]["best"][0]
    let outline = try #require(card["outline"].text)
    #expect(outline.hasPrefix("M") && outline.contains("H") && outline.contains("V") && card["grid"][0].number == 256)
    // Curves are of insertion and deletion alone.
    #expect(page["curves"].count == 0)
  }

  @Test func `Images that cannot be read again are named without a picture`() throws {
    let first = try Tool.run(
      ["evaluate", "-", "-w", "xray.pth", "--metrics", "insertion", "--page", "page.html"], in: folder,
      input: folder.path("photo.jpg"))
    #expect(first.status == 0, "\(first.errors)")
    let card = try data()["gallery"]["best"][0]
    #expect(card["overlay"].isNull && card["note"].text == "standard input cannot be read again")
    #expect(try run("--records", "r").status == 0)
    try FileManager.default.removeItem(atPath: folder.path("in/gray.jpg"))
    let resumed = try Tool.run(
      ["evaluate", "in", "in/gray.jpg", "-w", "xray.pth", "--metrics", "insertion,deletion", "--page", "page.html"]
        + ["--records", "r", "--resume"], in: folder)
    #expect(resumed.status == 0, "\(resumed.errors)")
    let gallery = try data()["gallery"]
    let cards = [gallery["best"][0], gallery["best"][1], gallery["worst"][0]]
    let gone = try #require(cards.first { $0["image"].text == "in/gray.jpg" })
    #expect(gone["overlay"].isNull && gone["note"].text != nil && gone["value"].number != nil)
    #expect(gallery["note"].text?.hasPrefix("1 of the images") == true)
  }

  @Test(arguments: [
    (["--page", "-"], "--page: cannot be standard output"), (["--page", "in/photo.jpg"], "is an input"),
    (["--page", "xray.pth"], "is an input"), (["--page", "none/page.html"], "there is no folder none"),
    (["--page", "in"], "is a folder"), (["--page", "r", "--records", "./r"], "--page: is the file of --records"),
    (["--page", "mine.txt"], "is no report that gradcam made"),
  ])
  func `A page that cannot be written is refused at start`(_ words: [String], _ message: String) throws {
    folder.put("mine", as: "mine.txt")
    let outcome = try Tool.run(["evaluate", "in/photo.jpg", "-w", "xray.pth", "--metrics", "drop"] + words, in: folder)
    #expect(outcome.status == 2 && outcome.output.isEmpty, "\(outcome.errors)")
    #expect(outcome.errors.count == 1 && outcome.errors[0].contains(message), "\(outcome.errors)")
    #expect(folder.text("mine.txt") == "mine")
  }

  @Test func `What explain tells of an image is told here too`() throws {
    let photo = Workplace.fixture("photo.jpg")
    folder.put(photo.prefix(photo.count * 2 / 3), as: "cut.jpg")
    let line = ["cut.jpg", "photo.jpg", "-w", "xray.pth"]
    let explained = try Tool.run(["explain"] + line, in: folder)
    let outcome = try Tool.run(["evaluate"] + line + ["--metrics", "all", "--records", "r"], in: folder)
    let warnings = explained.errors.filter { $0.contains("cut.jpg") && $0.contains("warning") && !$0.contains("map") }
    #expect(!warnings.isEmpty && warnings.allSatisfy(outcome.errors.contains), "\(outcome.errors)")
    #expect(outcome.errors.contains { $0.contains("1 of them damaged in part") })
    #expect(folder.text("r")?.contains("\"damaged\":true") == true)
    let left = outcome.errors.filter { $0.contains("need marks and are left out (--masks DIR or --boxes FILE)") }
    #expect(left.count == 1 && left[0].contains("--metrics: pointing, "), "\(outcome.errors)")
  }
}
