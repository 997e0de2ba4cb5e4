import Foundation
import FoundationXML
import GradCAMCore
import ModelFormats
import Testing

/// `gradcam sheet`, from records of `gradcam explain` to a picture.
@Suite struct SheetTests {
  private let folder = Workplace("photo.jpg", "tiny.png", "xray.pth")

  /// Explains two images, keeps the records, and returns the drawing made of them.
  private func drawing(_ words: String...) throws -> String {
    let run = try Tool.run(
      ["explain", "photo.jpg", "tiny.png", "-w", "xray.pth", "-d", "out", "--jsonl"] + words, in: folder)
    #expect(run.status == 0, "\(run.errors)")
    folder.put(run.output, as: "records.jsonl")
    let sheet = try folder.run("sheet", "records.jsonl", "-o", "sheet.svg", "--cell", "256")
    #expect(sheet.status == 0 && sheet.errors == [], "\(sheet.errors)")
    return try #require(folder.text("sheet.svg"))
  }

  /// What stands in bold: the headings.
  private func headings(_ drawing: String) -> [String] {
    drawing.components(separatedBy: "font-weight=\"bold\">").dropFirst().map { String($0.prefix { $0 != "<" }) }
  }

  @Test func `A row an image, a column a method`() throws {
    let drawing = try drawing("-m", "gradcam,fem")
    #expect(headings(drawing) == ["image", "gradcam", "fem"])
    #expect(drawing.components(separatedBy: "<image ").count == 7)
    #expect(drawing.contains(">photo.jpg<") && drawing.contains(">tiny.png<"))
    #expect(drawing.hasPrefix("<?xml") && drawing.components(separatedBy: "http").count == 3)
    #expect(XMLParser(data: Data(drawing.utf8)).parse())
  }

  @Test func `Columns are whatever differs`() throws {
    #expect(try headings(drawing()) == ["image", "gradcam at resnet_blocks.4"])
    #expect(
      try headings(drawing("-t", "all", "-l", "resnet_blocks.4"))
        .dropFirst().allSatisfy { !$0.contains("gradcam") })
    let layers = try headings(drawing("-l", "resnet_blocks.3", "-l", "resnet_blocks.4"))
    #expect(layers == ["image", "resnet_blocks.3", "resnet_blocks.4"])
  }

  @Test func `A PNG has the pictures where the layout puts them`() throws {
    _ = try drawing("-m", "gradcam,fem")
    let outcome = try folder.run("sheet", "records.jsonl", "-o", "sheet.png", "--cell", "64")
    #expect(outcome.lines == ["sheet.png  2 images, 2 map(s) each"])
    let sheet = try ImageDecoder.decode(FileBytes(copying: try #require(folder.bytes("sheet.png")))).image
    // Three cells of 64 pixels with 6 between and around.
    #expect(sheet.width == 6 + 3 * (64 + 6) && sheet.height > 2 * 64)
    // The tool knows it again, and passes it over among images.
    #expect(try folder.run("sheet", "records.jsonl", "-o", "sheet.png").status == 0)
  }

  @Test func `An overlay that is gone leaves a frame, a line and the status 1`() throws {
    _ = try drawing("-m", "gradcam,fem")
    try FileManager.default.removeItem(atPath: folder.path("out/photo.fem.png"))
    let outcome = try folder.run("sheet", "records.jsonl", "-o", "sheet.svg")
    #expect(outcome.status == 1 && outcome.errors.count == 1)
    #expect(outcome.errors[0].contains("1 overlay(s) that the records name cannot be read"))
    #expect(folder.text("sheet.svg")?.contains(">no picture<") == true)
  }

  @Test(arguments: [
    (["records.jsonl", "-o", "sheet.gif"], "--output: 'sheet.gif' ends in neither"),
    (["records.jsonl"], "--output: is required"),
    (["records.jsonl", "-o", "photo.jpg"], "photo.jpg: "),
    (["photo.jpg", "-o", "sheet.png"], "photo.jpg:1: "),
  ])
  func `Refusals`(_ words: [String], _ message: String) throws {
    _ = try drawing()
    let before = folder.bytes("photo.jpg")
    let outcome = try Tool.run(["sheet"] + words, in: folder)
    #expect(outcome.status == 2 && outcome.errors.last?.contains(message) == true, "\(outcome.errors)")
    #expect(folder.bytes("photo.jpg") == before && folder.bytes("sheet.gif") == nil)
  }

  @Test func `A sheet of too many pixels is refused before pictures are read`() throws {
    _ = try drawing()
    let line = try #require(folder.text("records.jsonl")).split(separator: "\n")[0]
    let many = (0..<200).map { line.replacingOccurrences(of: "photo.jpg", with: "photo-\($0).jpg") }
    folder.put(many.joined(separator: "\n").utf8, as: "many.jsonl")
    let outcome = try folder.run("sheet", "many.jsonl", "-o", "sheet.png", "--cell", "512")
    #expect(outcome.status == 2 && outcome.errors.last?.contains("--cell below 512") == true, "\(outcome.errors)")
  }
}
