import Foundation
import GradCAMCore
import ModelFormats
import TestSupport
import Testing

@testable import gradcam

/// A model file that says which method explains where none is named.
@Suite struct ModelMethodTests {
  private let folder = Workplace("xray.pth", "photo.jpg")

  private func convert(_ words: String...) throws -> Tool.Outcome {
    try Tool.run(["convert", "xray.pth", "-o", "w.bin"] + words, in: folder)
  }

  @Test func `The method of the file explains, and one that is named instead of it`() throws {
    #expect(try convert("--method", "layercam").status == 0)
    #expect(try folder.run("explain", "photo.jpg", "-w", "w.bin", "--records", "r").status == 0)
    #expect(try folder.run("explain", "photo.jpg", "-w", "w.bin", "-m", "fem").status == 0)
    #expect(folder.made == ["photo.fem.png", "photo.layercam.png", "r", "w.bin"])
    #expect(try folder.run("verify", "r").status == 0)
    let line = ["evaluate", "photo.jpg", "-w", "w.bin", "--metrics", "drop", "--csv"]
    #expect(try Tool.run(line, in: folder).lines[1].hasPrefix("layercam,"))
    #expect(try Tool.run(line + ["--methods", "fem"], in: folder).lines[1].hasPrefix("fem,"))
    #expect(try Tool.run(line + ["--require", "layercam:drop>=0"], in: folder).status == 0)
    let card = try folder.run("inspect", "w.bin")
    #expect(card.lines.contains { $0.hasPrefix("default method") && $0.contains("layercam (the model file says so)") })
    #expect(try JSON(folder.run("inspect", "w.bin", "--json").text)["method"].text == "layercam")
  }

  @Test func `A file without one is as before`() throws {
    #expect(try convert().status == 0)
    #expect(folder.text("w.bin").map { !$0.contains("gradcam.method") } ?? true)
    let card = try folder.run("inspect", "w.bin")
    #expect(!card.text.contains("default method"))
    #expect(try JSON(folder.run("inspect", "w.bin", "--json").text)["method"].text == "gradcam")
    #expect(try folder.run("explain", "photo.jpg", "-w", "w.bin").status == 0)
    #expect(folder.made == ["photo.gradcam.png", "w.bin"])
  }

  @Test func `A method that cannot serve the model is not kept`() throws {
    let unknown = try convert("--method", "layercan")
    #expect(unknown.status == 2 && unknown.errors[0].contains("--method: there is no method 'layercan'"))
    let unfit = try convert("--method", "rollout")
    #expect(unfit.status == 2 && unfit.errors.count == 1 && unfit.errors[0].contains("--method"), "\(unfit.errors)")
    #expect(folder.made.isEmpty)
  }

  @Test func `A method that this version lacks is refused by name where it would be used`() throws {
    var overrides = Model.Overrides()
    overrides.method = "nextcam"
    let model = try Model.load(FilePath(folder.path("xray.pth")), overrides)
    try model.write(to: FilePath(folder.path("w.bin")))
    for line in [["explain", "photo.jpg", "-w", "w.bin"], ["evaluate", "photo.jpg", "-w", "w.bin"]] {
      let outcome = try Tool.run(line, in: folder)
      #expect(outcome.status == 2 && outcome.errors.count == 1, "\(outcome.errors)")
      #expect(outcome.errors[0].contains("the model file says 'nextcam'") && outcome.errors[0].utf8.count <= 300)
    }
    #expect(try folder.run("explain", "photo.jpg", "-w", "w.bin", "-m", "fem").status == 0)
    #expect(try folder.run("inspect", "w.bin").text.contains("nextcam (the model file says so; this gradcam does not"))
  }

  @Test(arguments: [
    ("plain/w.bin", "plain/w.bin"), ("my model.bin", "'my model.bin'"), ("it's", #"'it'\''s'"#), ("$(rm)", "'$(rm)'"),
    ("-w", "./-w"), ("a\nb'c", #"$'a\x0ab\'c'"#),
  ])
  func `A path can be pasted into a shell`(_ path: String, _ word: String) throws {
    #expect(shellWord(operand: FilePath(path)) == word)
    let said = try Tool.shell("printf %s \(word)", in: folder)
    if !word.hasPrefix("$'") { #expect(said.text == (path == "-w" ? "./-w" : path)) }
  }

  @Test func `The table says how to keep the best`() throws {
    let models = Fixture.repository.appending(FilePath("models")).description
    folder.put(try Data(contentsOf: URL(fileURLWithPath: "\(models)/demo-xray.bin")), as: "my model.bin")
    let outcome = try Tool.run(
      ["evaluate", "\(models)/images", "--masks", "\(models)/masks", "-w", "my model.bin", "-m", "gradcam,fem"]
        + ["--metrics", "deletion,energy", "--preprocess", "half,resize=256"], in: folder)
    #expect(outcome.status == 0)
    // Where the class is marked, the best is who finds it.
    #expect(outcome.lines.contains { $0.hasPrefix("best by energy: ") }, "\(outcome.text)")
    let line = try #require(outcome.lines.first { $0.hasPrefix("to keep it: ") }, "\(outcome.text)")
    let beginning =
      "to keep it: gradcam convert 'my model.bin' '--preprocess=half,resize=256' --layer resnet_blocks.4 --method "
    #expect(line.hasPrefix(beginning), "\(line)")
    let command = String(line.dropFirst("to keep it: ".count)).replacing("-o FILE", with: "-o kept.bin")
    #expect(try Tool.shell(command, in: folder).status == 0)
    #expect(try folder.run("inspect", "kept.bin").text.contains("default method"))
  }
}
