import GradCAMCore
import ModelFormats

/// What a run measured, of images in order.
struct EvaluationResult: Sendable {
  private(set) var boards: GroupedLeaderboard
  /// How many maps held NaN or infinite values: they take no part in means.
  private(set) var notFinite = 0
  /// How many images have no marks in what the model sees.
  private(set) var unmarked = 0
  private let groups: [MapGroup.Kind]

  /// - Parameter groups: by what maps are grouped, beside all of them.
  init(seed: UInt64, groups: [MapGroup.Kind] = []) { (boards, self.groups) = (GroupedLeaderboard(seed: seed), groups) }

  /// Over all images.
  var board: Leaderboard { boards.all }

  /// Takes in what a record says of an image.
  mutating func add(_ record: ExplanationRecord) {
    boards.add(record, by: groups)
    if !record.maps.contains(where: { $0.truthShare ?? 0 > 0 }) { unmarked += 1 }
    notFinite += record.maps.count { !($0.mapMax?.isFinite ?? false) || $0.verdict == Verdict.notFinite.rawValue }
  }
}

/// The columns and rows of what a run measured, as text, CSV and JSON tell them.
struct EvaluationTable {
  let result: EvaluationResult
  let metrics: [any Metric]
  let model: FilePath
  let seed: UInt64
  /// How many images failed.
  let failed: Int

  var board: Leaderboard { result.board }
  /// Rows that have not seen the model.
  var baselines: [Leaderboard.Key] { board.rows.filter { Self.isBaseline($0) } }
  /// The others.
  var contenders: [Leaderboard.Key] { board.rows.filter { !Self.isBaseline($0) } }

  static func isBaseline(_ key: Leaderboard.Key) -> Bool { baselineNames.contains(key.method) }

  static let baselineNames = Baselines.all.map(\.name)

  /// Whether a row passes a metric's sanity check; nil where there is none, or nothing to tell it by.
  func passes(_ key: Leaderboard.Key, _ metric: any Metric) -> Bool? { board.passes(key, metric) }

  /// The first metric that tells which map is the best; nil where all of them are sanity's, which tell which is none.
  var leading: (any Metric)? {
    let sanity = Metrics.sanity.map(\.name)
    return metrics.first { !sanity.contains($0.name) }
  }

  /// Whether a row beats all baselines; nil for these, and where it cannot be told.
  func beatsBaselines(_ key: Leaderboard.Key, _ metric: any Metric) -> Bool? {
    Self.isBaseline(key) ? nil : board.beats(baselines, key, metric)
  }
}

extension Requirement {
  /// Why the requirement does not hold; nil where it does.
  func failure(in board: Leaderboard) -> InputError? {
    let key = board.rows.first { method == nil || $0.method == method }
    guard let key, let value = board.cell(key, metric)?.value, value.count > 0 else {
      return InputError("--require", "\(description) does not hold: \(metric) was measured of no image")
    }
    guard !relation.holds(value.mean, bound) else { return nil }
    let interval = value.interval.map { ", 95 % from \($0.lowerBound.trimmed(6)) to \($0.upperBound.trimmed(6))" }
    let found = value.mean.trimmed(6) + (interval ?? "")
    return InputError(
      "--require", "\(description) does not hold: \(key.method) at \(key.layer.shortened(to: 60)) has \(found)")
  }
}
