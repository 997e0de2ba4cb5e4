import GradCAMCore
import ModelFormats

extension ExplainPlan {
  /// The record of an image that was explained: its keys are filled here and nowhere else.
  ///
  /// - Parameter stamp: of the image's file that was read.
  func record(
    _ explanation: Explanation, _ source: ImageSource, _ files: ExplanationFiles, _ stamp: FileStamp?,
    milliseconds: Double
  ) -> ExplanationRecord {
    let maps = explanation.maps.enumerated().map { index, map in
      mapRecord(
        map, output: files.overlays[index], heatmap: files.heatmaps[index], files.regions[index], files.styles[index],
        files.seals[index])
    }
    let prediction = explanation.prediction.best(5).map {
      PredictionRecord(index: $0.index, label: $0.label, logit: $0.logit, probability: $0.probability)
    }
    var record = ExplanationRecord(
      image: source.path, geometry: explanation.prepared.geometry, prediction: prediction,
      maps: maps, milliseconds: Float(milliseconds), imageDigest: files.imageDigest, provenance: provenance)
    record.canvas = options.look.canvas.rawValue
    let activation = explanation.prediction.activation
    (record.activation, record.activationSource) = (activation.kind.rawValue, activation.source.rawValue)
    if setup.model.isQuantized { record.gradients = "straight-through" }
    (record.imageBytes, record.imageModified) = (stamp?.bytes, stamp?.modified)
    return record
  }

  private func mapRecord(
    _ map: ExplanationMap, output: FilePath, heatmap: FilePath?, _ regions: [MapRegion], _ style: OverlayStyle,
    _ seals: ExplanationFiles.Seals
  ) -> MapRecord {
    var record = MapRecord(
      method: map.method.name, layer: map.layer,
      target: TargetRecord(
        index: map.target.index, label: map.target.label, probability: map.target.probability,
        logit: map.target.logit),
      mode: map.mode.rawValue, against: map.against.map { TargetRecord(index: $0.index, label: $0.label) },
      classAgnostic: map.method.knowsClass ? nil : true, score: map.score,
      activationShape: map.evidence.activations.shape.dimensions, mapShape: [map.cam.height, map.cam.width],
      mapMin: map.raw.range.least, mapMax: map.raw.range.most, positiveShare: map.positiveShare,
      verdict: map.verdict.rawValue,
      border: map.measured.borderShare, entropy: map.measured.entropy, seed: map.seed, samples: map.samples,
      samplingError: map.samplingError.flatMap { $0.isFinite ? $0 : nil },
      completenessError: map.completenessError.flatMap { $0.isFinite ? $0 : nil },
      signed: map.isSigned ? true : nil, scale: map.scale,
      output: output.isDash ? nil : output.description, outputBase64: output.recorded.1,
      heatmap: heatmap?.description, heatmapBase64: heatmap?.recorded.1,
      digest: MapDigest(map.heatmap), milliseconds: Float(map.milliseconds))
    record.name(dump: options.outputs.dump)
    record.seal(output: seals.overlay, heatmap: seals.heatmap, dump: seals.dump)
    if let percent = styles.clip(of: map, style) { (record.clip, record.clipValue) = (percent, style.fullScale) }
    guard options.look.marks != nil else { return record }
    record.threshold = options.look.usedThreshold
    if options.look.hasBoxes {
      record.boxes = regions.map {
        BoxRecord(x: $0.x, y: $0.y, width: $0.width, height: $0.height, peak: $0.peak)
      }
    }
    if options.look.hasContours { record.contours = regions.flatMap(\.contours).map { $0.map { [$0.x, $0.y] } } }
    return record
  }
}
