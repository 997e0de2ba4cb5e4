import GradCAMCore
import ModelFormats
import Testing

@testable import gradcam

@Suite struct ResultLinesTests {
  private func lines(
    _ milliseconds: Float, target: TargetRecord = TargetRecord(index: 1, label: "cat", probability: 0.75),
    verdict: String = "ok", output: String? = "o\n.png", probability: Float? = 0.75, isColored: Bool = false
  ) -> [String] {
    let map = MapRecord(
      method: "gradcam", layer: "l", target: target, score: 1, activationShape: [], mapShape: [], mapMin: 0, mapMax: 1,
      verdict: verdict, border: 0, entropy: 0, output: output, heatmap: nil, digest: .unknown)
    let record = ExplanationRecord(
      image: FilePath("i"), geometry: CropGeometry(imageWidth: 1, imageHeight: 1, x: 0, y: 0, width: 1, height: 1),
      prediction: [PredictionRecord(index: 1, label: "cat", logit: 1, probability: probability)], maps: [map],
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
    #expect(lines(20, target: other) == ["o\\n.png  cat 75.0 %  20 ms  explains class 2 12.5 %"])
    let score = TargetRecord(index: 2, label: nil, logit: -0.25)
    #expect(
      lines(20, target: score, probability: nil) == ["o\\n.png  cat score 1.000  20 ms  explains class 2 score -0.250"])
    #expect(lines(20, verdict: "constant") == ["o\\n.png  cat 75.0 %  20 ms  [constant]"])
    #expect(
      lines(20, verdict: "constant", isColored: true) == [
        "o\\n.png  cat 75.0 %  20 ms  \u{1B}[1;33m[constant]\u{1B}[0m"
      ])
  }
}
