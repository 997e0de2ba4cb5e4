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
}
