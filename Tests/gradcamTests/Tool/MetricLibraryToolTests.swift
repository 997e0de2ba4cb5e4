import Foundation
import GradCAMCore
import Testing

/// `gradcam evaluate --compat`, by the tool itself.
@Suite struct MetricLibraryToolTests {
  private let folder = Workplace("xray.pth", "photo.jpg")

  private func run(_ words: String...) throws -> Tool.Outcome {
    try Tool.run(["evaluate", "photo.jpg", "-w", "xray.pth", "--json"] + words, in: folder)
  }

  private func mean(_ metric: String, of method: String = "gradcam", _ outcome: Tool.Outcome) throws -> Double {
    let rows = try JSON(outcome.text)["rows"]
    let row = try #require(
      (0..<rows.count).map { rows[$0] }.first { $0["metric"].text == metric && $0["method"].text == method })
    return try #require(row["mean"].number)
  }

  @Test(arguments: MetricLibrary.allCases.map(\.rawValue))
  func `A run tells once which metrics are the library's`(_ library: String) throws {
    let outcome = try run("--compat", library)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.count { $0.contains("--compat") } == 1, "\(outcome.errors)")
    #expect(outcome.errors.allSatisfy { $0.utf8.count <= 300 })
  }

  @Test func `Runs by other definitions have other numbers, and are told apart`() throws {
    func records() -> Int { folder.text("r")?.utf8.count { $0 == UInt8(ascii: "\n") } ?? 0 }
    let paper = try run("--metrics", "complexity", "--records", "r")
    #expect(paper.status == 0 && records() == 1)
    let words = ["--metrics", "complexity", "--records", "r", "--resume", "--compat", "openvino-xai"]
    let library = try Tool.run(["evaluate", "photo.jpg", "-w", "xray.pth", "--json"] + words, in: folder)
    #expect(library.status == 0 && records() == 2, "\(library.errors)")
    // Between its least and its greatest value a map of one value is zeros.
    #expect(try mean("complexity", of: "uniform", paper) == 1 && mean("complexity", of: "uniform", library) == 0)
    let again = try Tool.run(["evaluate", "photo.jpg", "-w", "xray.pth", "--json"] + words, in: folder)
    #expect(again.text == library.text && records() == 2)
  }

  @Test func `The library's steps serve where none are given`() throws {
    let torchCAM = try mean("insertion", run("--metrics", "insertion", "--compat", "torch-cam"))
    #expect(try mean("insertion", run("--metrics", "insertion", "--compat", "torch-cam", "--steps", "20")) == torchCAM)
    #expect(try mean("insertion", run("--metrics", "insertion", "--compat", "torch-cam", "--steps", "7")) != torchCAM)
    let blurred = try run("--metrics", "insertion", "--compat", "torch-cam", "--replacement", "blur")
    #expect(try mean("insertion", blurred) != torchCAM)
  }

  @Test func `What a library lacks is refused at start`() throws {
    for (words, told) in [
      (["--metrics", "sparseness"], "--compat quantus"), (["--compat", "quantas"], "did you mean quantus?"),
      (["--metrics", "mass", "--compat", "torch-cam"], "--compat quantus"),
      (["--compat", "openvino-xai", "--replacement", "blur"], "--replacement"),
      (["--compat", "quantus", "--metrics", "mass"], "--masks DIR or --boxes FILE"),
    ] {
      let outcome = try Tool.run(["evaluate", "photo.jpg", "-w", "xray.pth"] + words, in: folder)
      #expect(outcome.status == 2 && outcome.errors.count == 1, "\(words): \(outcome.errors)")
      #expect(outcome.errors.first?.contains(told) == true, "\(outcome.errors)")
    }
    let explain = try Tool.run(["explain", "photo.jpg", "-w", "xray.pth", "--compat", "quantus"], in: folder)
    #expect(explain.status == 2)
    #expect(try run("--compat", "quantus", "--replacement", "blur", "--metrics", "insertion").status == 0)
  }
}
