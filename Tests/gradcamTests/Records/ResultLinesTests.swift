import GradCAMCore
import ModelFormats
import Testing

@testable import gradcam

@Suite struct ResultLinesTests {
  private func lines(
    _ milliseconds: Float, target: TargetRecord = TargetRecord(index: 1, label: "cat", probability: 0.75),
    verdict: String = "ok", output: String? = "o\n.png", probability: Float? = 0.75, isColored: Bool = false,
    times: [Float] = [3], _ change: (inout MapRecord) -> Void = { _ in }
  ) -> [String] {
    var map = MapRecord(
      method: "gradcam", layer: "l", target: target, score: 1, activationShape: [], mapShape: [], mapMin: 0, mapMax: 1,
      verdict: verdict, border: 0, entropy: 0, output: output, heatmap: nil, digest: .unknown)
    change(&map)
    let maps = times.map { time in
      var copy = map
      copy.milliseconds = time
      return copy
    }
    let record = ExplanationRecord(
      image: FilePath("i"), geometry: CropGeometry(imageWidth: 1, imageHeight: 1, x: 0, y: 0, width: 1, height: 1),
      prediction: [PredictionRecord(index: 1, label: "cat", logit: 1, probability: probability)], maps: maps,
      milliseconds: milliseconds, imageDigest: "",
      provenance: Provenance(
        version: "", model: FilePath("w"), modelDigest: nil, preprocess: "", processor: "", labels: [], words: []))
    return ResultLines.lines(of: record, Palette(isColored: isColored))
  }

  @Test func `Path, prediction and time`() {
    #expect(lines(12.6) == ["o\\n.png  cat 75.0 %  13 ms"])
    #expect(lines(1.26, output: nil) == ["-  cat 75.0 %  1.3 ms"])
    #expect(lines(1, probability: .nan) == ["o\\n.png  cat ? %  1.0 ms"])
    #expect(lines(1, probability: nil) == ["o\\n.png  cat score 1.000  1.0 ms"])
  }

  @Test func `Another target, and a verdict`() {
    let other = TargetRecord(index: 2, label: nil, probability: 0.125)
    #expect(lines(20, target: other) == ["o\\n.png  cat 75.0 %  map: evidence for class 2, 12.5 %  20 ms"])
    let score = TargetRecord(index: 2, label: nil, logit: -0.25)
    #expect(
      lines(20, target: score, probability: nil) == [
        "o\\n.png  cat score 1.000  map: evidence for class 2, score -0.250  20 ms"
      ])
    #expect(lines(20, verdict: "constant") == ["o\\n.png  cat 75.0 %  [constant]  20 ms"])
    #expect(
      lines(20, verdict: "constant", isColored: true) == [
        "o\\n.png  cat 75.0 %  \u{1B}[1;33m[constant]\u{1B}[0m  20 ms"
      ])
    let unknown = TargetRecord(index: 2, label: "dog", probability: nil)
    #expect(lines(20, target: unknown) == ["o\\n.png  cat 75.0 %  map: evidence for dog  20 ms"])
  }

  @Test func `Which side of a class, and methods that know none`() {
    #expect(lines(20) { $0.mode = "against" } == ["o\\n.png  cat 75.0 %  map: evidence against cat  20 ms"])
    let contrast = lines(20) { ($0.mode, $0.against) = ("rather than", TargetRecord(index: 3, label: "dog\n")) }
    #expect(contrast == ["o\\n.png  cat 75.0 %  map: evidence for cat rather than dog\\n  20 ms"])
    #expect(lines(20) { $0.method = "fem" } == ["o\\n.png  cat 75.0 %  map: no class  20 ms"])
  }

  @Test func `Stronger evidence that the map leaves out`() {
    func line(_ share: Float, _ change: (inout MapRecord) -> Void = { _ in }) -> String {
      lines(20) { map in
        map.positiveShare = share
        change(&map)
      }[0]
    }
    let plain = "o\\n.png  cat 75.0 %  20 ms"
    #expect(line(1) == plain && line(0.51) == plain && line(0) == plain && line(.nan) == plain)
    func said(_ evidence: String, _ times: String) -> String {
      "o\\n.png  cat 75.0 %  map: evidence \(evidence) is \(times) times stronger (--signed shows it)  20 ms"
    }
    #expect(line(1 / 31) == said("for cat; evidence against it", "31"))
    #expect(line(0.5) == said("for cat; evidence against it", "2.0"))
    #expect(line(1e-5) == said("for cat; evidence against it", "over 1,000"))
    #expect(line(1 / 31) { $0.mode = "against" } == said("against cat; evidence for it", "31"))
    #expect(
      line(1 / 31) { ($0.mode, $0.against) = ("rather than", TargetRecord(index: 3, label: "dog")) }
        == said("for cat rather than dog; evidence for the other", "31"))
    // The map shows it, or knows nothing of it.
    #expect(line(1 / 31) { $0.signed = true } == plain)
    #expect(line(1 / 31) { $0.method = "fem" } == "o\\n.png  cat 75.0 %  map: no class  20 ms")
  }

  @Test func `Several maps have their own times`() {
    #expect(lines(20, times: [3, 11.4]).map { $0.suffix(8) } == ["  3.0 ms", "%  11 ms"])
    #expect(lines(20, times: [3])[0].hasSuffix("  20 ms"))
  }
}
