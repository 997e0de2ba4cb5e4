import GradCAMCore
import ModelFormats

/// What two models made of one image.
struct ComparedImage {
  let old, new: Explanation
  /// By map.
  let pairs: [MapPair]
}

extension ComparisonPlan {
  /// The record of an image: the old model's, with what the new one says beside.
  func record(
    _ image: ComparedImage, _ source: ImageSource, _ digest: String, _ stamp: FileStamp?, milliseconds: Double
  ) -> ExplanationRecord {
    let maps = image.pairs.indices.map { index in
      var record = MapRecord(image.old.maps[index])
      record.diff = MapDiffRecord(image.new.maps[index], MapComparison(image.pairs[index]))
      return record
    }
    var record = ExplanationRecord(
      image.old, maps: maps, of: source, digest, stamp, milliseconds: milliseconds, old.provenance)
    record.diff = diffRecord(image.old.prediction, image.new.prediction)
    return record
  }

  private func diffRecord(_ before: Prediction, _ after: Prediction) -> DiffRecord {
    func both(_ index: Int) -> ClassInBoth {
      let (old, new) = (before.classes[index], after.classes[classes.toNew[index]])
      return ClassInBoth(
        index: index, label: old.label ?? new.label,
        old: ClassInBoth.Certainty(probability: old.probability, logit: old.logit),
        new: ClassInBoth.Certainty(probability: new.probability, logit: new.logit))
    }
    let (top, newTop) = (before.answer?.index, after.answer.map { classes.toOld[$0.index] })
    let provenance = new.provenance
    return DiffRecord(
      model: provenance.model.description, modelDigest: provenance.modelDigest,
      modelDataDigest: provenance.modelDataDigest, preprocess: provenance.preprocess, topOld: top.map(both),
      topNew: newTop.map(both), changed: top == nil || top != newTop)
  }
}

extension MapDiffRecord {
  init(_ map: ExplanationMap, _ comparison: MapComparison) {
    self.init(comparison, layer: map.layer, verdict: map.verdict.rawValue)
    func known(_ value: Float) -> Float? { value.isFinite ? value : nil }
    score = known(map.score)
    mapShape = [map.cam.height, map.cam.width]
    (mapMin, mapMax) = (known(map.raw.range.least), known(map.raw.range.most))
  }
}
