import Foundation
import ModelFormats
import TestSupport
import Testing

@testable import gradcam

/// The examples of `--help`, pasted into a shell beside the repository's models.
@Suite struct ExampleTests {
  private static let all = CommandTable.all.flatMap(\.examples)
  private static let images = (1...6).flatMap { ["normal-0\($0)", "opacity-0\($0)"] }

  /// The files that a line promises; nil for a line that nobody has thought about.
  private static func files(of example: String) -> [String]? {
    switch example {
    case "gradcam explain models/images/opacity-01.jpg --weights models/demo-xray.bin": ["opacity-01.gradcam.png"]
    case "gradcam explain models/images -w models/demo-xray.bin -d maps --jsonl > maps.jsonl":
      ["maps.jsonl"] + images.map { "maps/\($0).jpg.gradcam.png" }
    case "gradcam explain models/images -w models/demo-xray.bin -d maps --records maps.jsonl --resume":
      ["maps.jsonl"] + images.map { "maps/\($0).jpg.gradcam.png" }
    case "gradcam explain models/images -w models/demo-xray.bin --report report":
      ["report/index.html", "report/records.jsonl"] + images.map { "report/\($0).jpg.gradcam.png" }
    case "gradcam explain models/images -w models/demo-xray.bin -d maps --jsonl | gradcam verify -":
      images.map { "maps/\($0).jpg.gradcam.png" }
    case "gradcam explain models/images -w models/demo-xray.bin --jsonl | gradcam report - -o report.html":
      ["report.html"] + images.map { "\($0).jpg.gradcam.png" }
    case "gradcam explain models/images -w models/demo-xray.bin --jsonl | gradcam sheet - -o sheet.png":
      ["sheet.png"] + images.map { "\($0).jpg.gradcam.png" }
    case "gradcam explain - -w models/demo-xray.bin -o - < models/images/opacity-01.jpg > overlay.png": ["overlay.png"]
    case "gradcam explain models/images/*.jpg -w models/demo-xray.bin --heatmap 'maps/{stem}.npy'":
      images.flatMap { ["maps/\($0).npy", "\($0).gradcam.png"] }
    case "gradcam explain models/images/*.jpg -w models/demo-xray.bin -m layercam,fem --boxes --jsonl":
      images.flatMap { ["\($0).layercam.png", "\($0).fem.png"] }
    case "gradcam convert models/demo-xray.bin -o w.bin --preprocess half": ["w.bin"]
    case "gradcam diff models/demo-xray.bin models/demo-xray.bin models/images --page diff.html":
      ["diff.html"]
    case "gradcam evaluate models/images -w models/demo-xray.bin --masks models/masks --page page.html":
      ["page.html"]
    case "gradcam completions fish > gradcam.fish": ["gradcam.fish"]
    case "gradcam man > gradcam.1": ["gradcam.1"]
    case "gradcam inspect models/demo-xray.bin", "gradcam methods", "gradcam metrics", "gradcam colormaps",
      "gradcam help explain", "gradcam evaluate models/images -w models/demo-xray.bin --methods gradcam,layercam",
      "gradcam evaluate models/images -w models/demo-xray.bin --layers auto --metrics insertion",
      "gradcam help export",
      "gradcam diff models/demo-xray.bin models/demo-xray.bin models/images --require 'rank>=0.9'",
      "gradcam bench models/demo-xray.bin --threads 2 --json":
      []
    default: nil
    }
  }

  @Test(arguments: all) func `An example works when pasted`(_ example: String) throws {
    let folder = Workplace()
    let models = Fixture.repository.appending(FilePath("models")).description
    try FileManager.default.copyItem(atPath: models, toPath: folder.path("models"))
    let outcome = try Tool.shell(example, in: folder)
    #expect(outcome.status == 0)
    let expected = ["gradcam: warning: ", "-  opacity ", "gradcam: \(Self.images.count) images in "]
    #expect(outcome.errors.allSatisfy { line in expected.contains(where: line.hasPrefix) })
    let made = folder.made.filter { !$0.hasPrefix("models/") }
    #expect(made == Self.files(of: example)?.sorted())
    for file in made { #expect(folder.bytes(file)?.isEmpty == false, "\(file)") }
    #expect(outcome.output.isEmpty == example.contains(" > "))
    if example.contains(".jsonl") || example.hasSuffix("--jsonl") {
      let records = folder.text("maps.jsonl")?.split(separator: "\n").map(String.init) ?? outcome.lines
      #expect(records.count == Self.images.count && records.allSatisfy { $0.contains(#""verdict":"#) })
    }
  }
}
