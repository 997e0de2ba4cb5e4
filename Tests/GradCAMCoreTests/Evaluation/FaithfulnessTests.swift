import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// What metrics of faithfulness say of maps whose figures are known without computing them.
@Suite struct FaithfulnessTests {
  private static func evaluation(_ metrics: [any Metric] = Metrics.usual) throws -> ImageEvaluation {
    let model = try Model.load(Fixture.repository.appending(FilePath("models/demo-xray.bin")))
    let file = try FileBytes(path: Fixture.repository.appending(FilePath("models/images/opacity-01.jpg")))
    var options = Evaluator.Options()
    options.metrics = metrics
    return try Evaluator(model, options).evaluate(try ImageDecoder.decode(file))
  }

  @Test func `A map of ones leaves the image as it is`() throws {
    let maps = try Self.evaluation().maps
    let uniform = try #require(maps.first { $0.map.method.name == "uniform" }).values
    #expect(uniform["drop"] == 0 && uniform["increase"] == 0 && uniform["gain"] == 0 && uniform["complexity"] == 1)
    // It is the same everywhere, and correlates with nothing.
    #expect(try #require(uniform["coherency"]).isNaN && #require(uniform["adcc"]).isNaN)
  }

  @Test func `What is most relevant counts first`() throws {
    let maps = try Self.evaluation([Insertion(), Deletion()]).maps
    let found = try #require(maps.first { $0.map.method.name == "gradcam" })
    let random = try #require(maps.first { $0.map.method.name == "random" })
    #expect(try #require(found.values["insertion"]) > #require(random.values["insertion"]))
    for name in ["insertion", "deletion"] {
      let curve = try #require(found.findings[name]?.curve)
      #expect(curve.shares.count == 6 && curve.shares.first == 0 && curve.shares.last == 1)
      var area = 0.0
      for place in 1..<6 {
        let width = curve.shares[place] - curve.shares[place - 1]
        area += width * (curve.values[place] + curve.values[place - 1]) / 2
      }
      #expect(abs(area - (found.values[name] ?? 0)) < 1e-12)
    }
    // Both end where the other begins.
    let (insertion, deletion) = (found.findings["insertion"]?.curve, found.findings["deletion"]?.curve)
    #expect(insertion?.values.first == deletion?.values.last && insertion?.values.last == deletion?.values.first)
  }

  @Test func `Correlations and ranks`() {
    #expect(ranks([3, 1, 3, 2]) == [3.5, 1, 3.5, 2])
    #expect(abs(rankCorrelation([1, 2, 3, 4], [1, 8, 27, 64]) - 1) < 1e-12)
    #expect(abs(pearsonCorrelation([1, 2, 3] as [Float], [6, 4, 2]) + 1) < 1e-12)
    #expect(pearsonCorrelation([1, 1] as [Float], [1, 2]).isNaN)
    #expect(harmonicMean([1, 0.5]) == 2.0 / 3 && harmonicMean([1, 0]) == 0)
  }
}
