import GradCAMCore
import ModelFormats

extension EvaluationPlan {
  /// The record of an image: that of its maps, with what was measured of each.
  func record(
    _ evaluation: ImageEvaluation, _ source: ImageSource, _ digest: String, _ stamp: FileStamp?, milliseconds: Double,
    _ doubts: [InputError], isDamaged: Bool
  ) -> ExplanationRecord {
    var record = ExplanationRecord(
      evaluation.explanation, maps: evaluation.maps.map(mapRecord), of: source, digest, stamp,
      milliseconds: milliseconds, provenance)
    record.tell(doubts, isDamaged: isDamaged)
    return record
  }

  private func mapRecord(_ evaluation: MapEvaluation) -> MapRecord {
    var record = MapRecord(evaluation.map)
    record.metrics = evaluation.values.mapValues { $0.isFinite ? $0 : nil }
    record.truthShare = evaluation.truthShare
    let curves = evaluation.findings.compactMapValues { finding in
      finding.curve.flatMap { $0.values.allSatisfy(\.isFinite) ? CurveRecord($0) : nil }
    }
    record.curves = curves.isEmpty ? nil : curves
    return record
  }
}

extension GroupedLeaderboard {
  /// Takes in what a record says of an image.
  ///
  /// - Parameter kinds: by what maps are grouped, where their class is marked.
  mutating func add(_ record: ExplanationRecord, by kinds: [MapGroup.Kind]) {
    add(
      image: record.path.bytes,
      record.maps.map { map in
        Entry(
          Leaderboard.Key(method: map.method, layer: map.layer), (map.metrics ?? [:]).mapValues { $0 ?? .nan },
          groups: kinds.compactMap { map.group($0) })
      })
  }
}

extension MapRecord {
  /// nil where nothing of the class is marked in what the model saw.
  fileprivate func group(_ kind: MapGroup.Kind) -> MapGroup? {
    guard let truthShare, truthShare > 0 else { return nil }
    return switch kind {
    case .class: .ofClass(target.index, label: target.name)
    case .size: .ofSize(MapGroup.Size(share: truthShare))
    }
  }
}
