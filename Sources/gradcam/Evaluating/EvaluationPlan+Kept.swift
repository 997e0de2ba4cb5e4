import GradCAMCore

extension EvaluationPlan {
  /// Whether a record has all rows of this run, with numbers that a metric may have: somebody may have edited it.
  func isWhole(_ record: ExplanationRecord) -> Bool {
    let targets = Dictionary(grouping: record.maps) { $0.target.index }
    return !targets.isEmpty && targets.values.allSatisfy(hasAllRows) && record.maps.allSatisfy(hasAllMetrics)
      && haveAllCandidates(record.maps)
  }

  /// A map a method and layer, baselines too.
  private func hasAllRows(_ maps: [MapRecord]) -> Bool {
    let layers = Dictionary(grouping: maps, by: \.method).mapValues { $0.map(\.layer).sorted() }
    let names = setup.layerNames
    guard Set(layers.keys) == Set(setup.options.methods.map(\.name)) else { return false }
    return setup.options.methods.allSatisfy { method in
      let found = layers[method.name]
      if method.needs.contains(.attention) { return found == ["attention"] }
      if method.needs.contains(.input) { return found == ["input"] }
      return found == names.sorted() || found == [names.joined(separator: "+")]
    }
  }

  private func hasAllMetrics(_ map: MapRecord) -> Bool {
    guard let found = map.metrics, found.values.allSatisfy(Self.isSane) else { return false }
    guard map.truthShare.map({ (0...1).contains($0) }) ?? true else { return false }
    let isMarked = map.truthShare != nil
    let due = evaluation.metrics.filter { isMarked || !$0.needs.contains(.truth) }.map(\.name)
    return Set(due) == Set(found.keys.filter { !$0.contains("@") })
  }

  /// All thresholds that the best of several means is chosen of, where it was measured; `Leaderboard` compares their sums.
  private func haveAllCandidates(_ maps: [MapRecord]) -> Bool {
    let thresholds = Set(BestIntersectionOverUnion.thresholds.map { "iou-best@\($0)" })
    return maps.allSatisfy { map in
      let found = Set((map.metrics ?? [:]).keys.filter { $0.hasPrefix("iou-best@") })
      let isMeasured = (map.metrics?["iou-best"] ?? nil) != nil
      return found == (isMeasured ? thresholds : [])
    }
  }

  /// nil stands for what is not defined.
  private static func isSane(_ value: Double?) -> Bool { value.map { abs($0) < 1e12 } ?? true }
}
