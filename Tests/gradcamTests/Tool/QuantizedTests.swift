import Foundation
import ModelFormats
import TestSupport
import Testing

/// Models whose values are quantised: explained, and said to be so.
@Suite struct QuantizedTests {
  private let folder = Workplace("tiny.png")

  @Test func `Quantised values are told of, and stand in the record`() throws {
    let path = Fixture.folder.appending(FilePath("operations/quantised-channels.onnx")).description
    let bytes = try #require(FileManager.default.contents(atPath: path))
    folder.put(Array(bytes), as: "quantised.onnx")
    let outcome = try folder.run("explain", "tiny.png", "-w", "quantised.onnx", "--preprocess", "unit", "--jsonl")
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains { $0.contains("gradients pass straight through their rounding") })
    let record = try JSON(outcome.text)
    #expect(record["gradients"].text == "straight-through" && record["activation_source"].text == "graph")
    #expect(record["maps"].count == 1 && record["prediction"].count == 5)
  }

  @Test func `The best class has a map where quantisation cuts its logit off`() throws {
    let path = Fixture.folder.appending(FilePath("operations/quantised-clipped.onnx")).description
    folder.put(Array(try #require(FileManager.default.contents(atPath: path))), as: "clipped.onnx")
    let outcome = try folder.run("explain", "tiny.png", "-w", "clipped.onnx", "--preprocess", "unit", "--jsonl")
    #expect(outcome.status == 0)
    #expect(try #require(try JSON(outcome.text)["maps"][0]["map_min"].number) != 0, "\(outcome.text)")
  }
}
