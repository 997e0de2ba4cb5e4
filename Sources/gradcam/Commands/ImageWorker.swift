import Glibc
import GradCAMCore
import ModelFormats

/// What became of one image.
struct ImageOutcome: Sendable {
  var record: Record
  /// For people: a line a map.
  var lines: [String] = []
  var warnings: [InputError] = []
  /// Why the image could not be explained.
  var error: InputError?
}

/// Explains images one after the other, with a session of its own.
final class ImageWorker {
  private let plan: ExplainPlan
  private let explainer: Explainer
  /// The colours of the lines.
  private let palette: Palette

  init(_ plan: ExplainPlan, console: Console) throws(InputError) {
    self.plan = plan
    palette = plan.options.outputs.file?.isDash == true ? console.errorPalette : console.outputPalette
    let engine = Engine(rawValue: plan.options.running.engine.rawValue) ?? .auto
    explainer = try Explainer(plan.model, plan.explaining, threads: plan.threads, engine: engine)
    if plan.options.verbosity == .verbose { explainer.trace = { console.detail($0) } }
    if plan.jobs == 1 {
      explainer.progress = { method, done, total in
        console.progress(done: done, of: total, unit: "passes of \(method)")
        if done == total { console.endProgress() }
      }
    }
  }

  /// Explains one image and writes its files; nothing is left of them when it fails.
  func explain(_ source: ImageSource) -> ImageOutcome {
    let start = millisecondsNow()
    var warnings: [InputError] = []
    do {
      let decoded = try decode(source)
      if let warning = decoded.warning { warnings.append(InputError("\(source.path)", warning)) }
      let explanation = try explainer.explain(decoded.image, reducedBy: decoded.reduction)
      if plan.options.maps.isStrict { try requireWorth(explanation) }
      let pictures = try ExplanationFiles(explanation, of: source, plan)
      try pictures.write()
      for map in explanation.maps { warnings += self.warnings(map, source) }
      let time = millisecondsNow() - start
      return ImageOutcome(
        record: .explained(record(explanation, source, pictures, milliseconds: time)),
        lines: lines(explanation, pictures, milliseconds: time), warnings: warnings)
    } catch {
      let known = (error as? InputError) ?? InputError("", "\(error)")
      let named = known.about("\(source.path)")
      return ImageOutcome(
        record: .failed(FailureRecord(image: source.path, error: named)), warnings: warnings, error: named)
    }
  }

  /// Refuses maps that are worth nothing.
  private func requireWorth(_ explanation: Explanation) throws(InputError) {
    guard let map = explanation.maps.first(where: { $0.verdict != .ok }), let meaning = map.verdict.explanation else {
      return
    }
    let target = map.target.label ?? "\(map.target.index)"
    throw InputError(
      "", "\(map.verdict.rawValue): \(meaning) (\(map.method.name), \(target), \(map.layer))",
      remedy: "without --strict it is drawn all the same")
  }

  private func decode(_ source: ImageSource) throws(InputError) -> DecodedImage {
    let limit = 1 << 29
    let file =
      source.path.isDash
      ? try FileBytes(descriptor: STDIN_FILENO, limit: limit) : try FileBytes(path: source.path, limit: limit)
    var options = ImageDecoder.Options(applyOrientation: plan.options.inputs.appliesOrientation)
    if let maxPixels = plan.options.inputs.maxPixels { options.maxPixels = maxPixels }
    // The whole image is drawn on at its own size, so it is needed whole.
    if plan.options.inputs.isDecodedFast && plan.options.look.canvas == .input {
      options.leastSize = explainer.preprocessor.leastSize
    }
    return try ImageDecoder.decode(file, options: options)
  }

  private func warnings(_ map: ExplanationMap, _ source: ImageSource) -> [InputError] {
    guard let explanation = map.verdict.explanation else { return [] }
    let target = map.target.label ?? "\(map.target.index)"
    return [InputError("\(source.path)", "\(map.verdict.rawValue): \(explanation) (\(target), \(map.layer))")]
  }

  private func lines(_ explanation: Explanation, _ files: ExplanationFiles, milliseconds: Double) -> [String] {
    let best = explanation.prediction.ranking[0]
    let time = "\(milliseconds.fixed(milliseconds < 10 ? 1 : 0)) ms"
    return zip(explanation.maps, files.overlays).map { map, path in
      var line = "\(printable(path.description))  \(described(best))  \(time)"
      if map.target.index != best.index { line += "  explains \(described(map.target))" }
      if map.verdict != .ok { line += "  \(palette.caution("[\(map.verdict.rawValue)]"))" }
      return line
    }
  }

  /// `opacity 97.3 %`.
  private func described(_ entry: Prediction.Entry) -> String {
    let label = printable(entry.label ?? "class \(entry.index)")
    return entry.probability.isNaN ? "\(label) ? %" : "\(label) \((Double(entry.probability) * 100).fixed(1)) %"
  }

  private func record(
    _ explanation: Explanation, _ source: ImageSource, _ files: ExplanationFiles, milliseconds: Double
  ) -> ExplanationRecord {
    let maps = explanation.maps.enumerated().map { index, map in
      mapRecord(map, explanation, output: files.overlays[index], heatmap: files.heatmaps[index])
    }
    let prediction = explanation.prediction.ranking.prefix(5).map {
      PredictionRecord(index: $0.index, label: $0.label, logit: $0.logit, probability: $0.probability)
    }
    let geometry = explanation.prepared.geometry
    return ExplanationRecord(
      image: source.path, width: geometry.imageWidth, height: geometry.imageHeight,
      model: plan.options.weights, prediction: prediction, maps: maps, milliseconds: Float(milliseconds))
  }

  private func mapRecord(
    _ map: ExplanationMap, _ explanation: Explanation, output: FilePath, heatmap: FilePath?
  ) -> MapRecord {
    var record = MapRecord(
      method: map.method.name, layer: map.layer,
      target: TargetRecord(index: map.target.index, label: map.target.label), score: map.score,
      activationShape: map.evidence.activations.shape.dimensions, mapShape: [map.cam.height, map.cam.width],
      mapMin: map.raw.range.least, mapMax: map.raw.range.most, verdict: map.verdict.rawValue,
      border: map.measured.borderShare, entropy: map.measured.entropy, seed: map.seed, samples: map.samples,
      samplingError: map.samplingError.flatMap { $0.isFinite ? $0 : nil },
      completenessError: map.completenessError.flatMap { $0.isFinite ? $0 : nil }, against: plan.options.maps.against,
      output: output.isDash ? nil : output.description, heatmap: heatmap?.description)
    let look = plan.options.look
    guard look.hasBoxes || look.hasContours else { return record }
    let regions = ExplanationFiles.regions(map, explanation, plan)
    record.threshold = look.threshold ?? LookOptions.usualThreshold
    if look.hasBoxes {
      record.boxes = regions.map {
        BoxRecord(x: $0.x, y: $0.y, width: $0.width, height: $0.height, peak: $0.peak)
      }
    }
    if look.hasContours { record.contours = regions.flatMap(\.contours).map { $0.map { [$0.x, $0.y] } } }
    return record
  }
}
