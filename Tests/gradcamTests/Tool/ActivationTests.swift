import Foundation
import TestSupport
import Testing

/// `--activation`: what makes probabilities of scores.
@Suite struct ActivationTests {
  private let folder = Workplace("tiny.png", "cifar.th", "photo.jpg", "xray.pth")
  private static let unit = ["--preprocess", "unit"]

  private func explain(_ words: String..., weights: String = "cifar.th") throws -> Tool.Outcome {
    try Tool.run(["explain", "tiny.png", "-w", weights, "--preprocess", "unit"] + words, in: folder)
  }

  private func prediction(_ record: JSON) throws -> [(logit: Double, probability: Double?)] {
    try (0..<record["prediction"].count).map { index in
      let entry = record["prediction"][index]
      return (try #require(entry["logit"].number), entry["probability"].number)
    }
  }

  @Test func `A softmax that nothing tells of is told of once`() throws {
    let outcome = try Tool.run(
      ["explain", "tiny.png", "photo.jpg", "-w", "cifar.th", "--preprocess", "unit", "--jsonl"], in: folder)
    let told = outcome.errors.filter { $0.contains("softmax") }
    #expect(told.count == 1 && told[0].contains("--activation sigmoid"))
    let record = try JSON(outcome.lines[0])
    #expect(record["activation"].text == "softmax" && record["activation_source"].text == "assumed")
    #expect(try explain("--quiet").errors == [])
    #expect(try explain("--activation", "softmax").errors == [])
    #expect(try folder.run("explain", "photo.jpg", "-w", "xray.pth").errors == [])
  }

  @Test func `With a sigmoid every class has its own probability`() throws {
    let outcome = try explain("--activation", "sigmoid", "--jsonl")
    let record = try JSON(outcome.text)
    #expect(outcome.errors == [] && record["activation"].text == "sigmoid")
    #expect(record["activation_source"].text == "option")
    let entries = try prediction(record)
    for entry in entries { #expect(abs(try #require(entry.probability) - 1 / (1 + exp(-entry.logit))) < 1e-6) }
    let line = try #require(try explain("--activation", "sigmoid").lines.first)
    #expect(line.contains(String(format: "%.1f %%", 100 * (try #require(entries[0].probability)))))
    let row = try #require(try explain("--activation", "sigmoid", "--csv").lines.last)
    #expect(row.contains("sigmoid,option"))
  }

  @Test func `Without an activation the line has the score`() throws {
    let record = try JSON(try explain("--activation", "none", "--jsonl").text)
    let entries = try prediction(record)
    #expect(record["activation"].text == "none" && entries.allSatisfy { $0.probability == nil })
    let line = try #require(try explain("--activation", "none").lines.first)
    #expect(line.contains(String(format: " score %.3f  ", entries[0].logit)))
  }

  @Test func `The maps are the same whatever makes probabilities`() throws {
    for kind in ["softmax", "sigmoid", "none"] {
      #expect(try explain("--activation", kind, "-o", "\(kind).png").status == 0)
      #expect(folder.picture("\(kind).png") == folder.picture("softmax.png"))
    }
  }

  @Test func `A converted model keeps it`() throws {
    let converted = try folder.run(
      "convert", "cifar.th", "-o", "w.bin", "--preprocess", "unit", "--activation", "sigmoid")
    #expect(converted.status == 0 && converted.errors == [])
    let explained = try folder.run("explain", "tiny.png", "-w", "w.bin", "--jsonl")
    let record = try JSON(explained.text)
    #expect(explained.errors == [] && record["activation"].text == "sigmoid")
    #expect(record["activation_source"].text == "file")
    let lines = try folder.run("inspect", "w.bin").lines
    #expect(lines.contains { $0.wholeMatch(of: /activation +sigmoid \(the model file says so\)/) != nil })
    let card = try JSON(try folder.run("inspect", "w.bin", "--json", "--activation", "none").text)
    #expect(card["activation"].text == "none" && card["activation_source"].text == "option")
  }

  @Test func `Maps that are weighed by probabilities are verified and resumed with it`() throws {
    let words = ["explain", "tiny.png", "-w", "cifar.th", "--preprocess", "unit", "-m", "rise", "--samples", "8"]
    func run(_ more: String...) throws -> Tool.Outcome { try Tool.run(words + ["--records", "r"] + more, in: folder) }
    #expect(try run("--activation", "sigmoid").status == 0)
    #expect(try folder.run("verify", "r").lines == ["1 same, 0 agrees, 0 differs, 0 not verified, 0 failed before"])
    #expect(try run("--activation", "sigmoid", "--resume").lines == [])
    #expect(try run("--activation", "softmax", "--resume").lines.count == 1)
    #expect(try folder.run("verify", "r").lines == ["2 same, 0 agrees, 0 differs, 0 not verified, 0 failed before"])
  }

  private static let bad = [
    (
      "cifar.th", "sigmod",
      "--activation: 'sigmod' is not a value it takes (auto, softmax, sigmoid or none; did you mean sigmoid?)"
    ),
    (
      "xray.pth", "softmax",
      "--activation: softmax contradicts the model, which applies a sigmoid itself (leave it out)"
    ),
    ("xray.pth", "sigmoid", "--activation: sigmoid would be a second one: the model applies it itself (leave it out)"),
    ("xray.pth", "none", "--activation: none contradicts the model, which applies a sigmoid itself (leave it out)"),
  ]

  @Test(arguments: bad) func `What cannot be is refused`(_ model: String, _ kind: String, _ line: String) throws {
    for command in [["explain", "photo.jpg", "-w", model], ["convert", model, "-o", "w.bin"], ["inspect", model]] {
      let outcome = try Tool.run(command + ["--activation", kind], in: folder)
      #expect(outcome.status == 2 && outcome.errors == ["gradcam: \(line)"] && folder.made == [])
    }
  }
}
