import GradCAMCore
import ModelFormats

extension ExplanationRecord {
  /// The record of an image whose maps are written nowhere.
  ///
  /// - Parameter stamp: of the image's file that was read.
  init(
    _ explanation: Explanation, maps: [MapRecord], of source: ImageSource, _ digest: String, _ stamp: FileStamp?,
    milliseconds: Double, _ provenance: Provenance
  ) {
    let prediction = explanation.prediction.best(5).map {
      PredictionRecord(index: $0.index, label: $0.label, logit: $0.logit, probability: $0.probability)
    }
    self.init(
      image: source.path, geometry: explanation.prepared.geometry, prediction: prediction, maps: maps,
      milliseconds: Float(milliseconds), imageDigest: digest, provenance: provenance)
    let activation = explanation.prediction.activation
    (self.activation, activationSource) = (activation.kind.rawValue, activation.source.rawValue)
    (imageBytes, imageModified) = (stamp?.bytes, stamp?.modified)
  }
}

extension MapRecord {
  /// The record of a map that is written nowhere.
  init(_ map: ExplanationMap) {
    self.init(
      method: map.method.name, layer: map.layer,
      target: TargetRecord(
        index: map.target.index, label: map.target.label, probability: map.target.probability,
        logit: map.target.logit),
      score: map.score, activationShape: map.evidence.activations.shape.dimensions,
      mapShape: [map.cam.height, map.cam.width], mapMin: map.raw.range.least, mapMax: map.raw.range.most,
      positiveShare: map.positiveShare, verdict: map.verdict.rawValue, border: map.measured.borderShare,
      entropy: map.measured.entropy, seed: map.seed, samples: map.samples, digest: MapDigest(map.heatmap),
      milliseconds: Float(map.milliseconds))
  }
}
