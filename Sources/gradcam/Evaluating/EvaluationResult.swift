import GradCAMCore
import ModelFormats

/// What a run measured, of images in order.
struct EvaluationResult: Sendable {
  private(set) var boards: GroupedLeaderboard
  /// How many maps held NaN or infinite values: they take no part in means.
  private(set) var notFinite = 0
  /// How many maps, the baselines' left out, show nothing for their class.
  private(set) var blank = 0
  /// How many images have no marks in what the model sees.
  private(set) var unmarked = 0
  private let groups: [MapGroup.Kind]
  private static let blankVerdicts = [Verdict.allNegative, .constant, .zeroGradient].map(\.rawValue)

  /// - Parameter groups: by what maps are grouped, beside all of them.
  init(seed: UInt64, groups: [MapGroup.Kind] = []) { (boards, self.groups) = (GroupedLeaderboard(seed: seed), groups) }

  /// Over all images.
  var board: Leaderboard { boards.all }

  /// Takes in what a record says of an image.
  mutating func add(_ record: ExplanationRecord) {
    boards.add(record, by: groups)
    if !record.maps.contains(where: { $0.truthShare ?? 0 > 0 }) { unmarked += 1 }
    blank += record.maps.count {
      !EvaluationTable.baselineNames.contains($0.method) && Self.blankVerdicts.contains($0.verdict)
    }
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
  /// Into how many steps insertion and deletion cut the picture.
  var steps = 0
  /// What was said of the model, as `convert` takes it; nil where a model file cannot keep what was measured, as a library's maps.
  var modelWords: [String]? = []

  var board: Leaderboard { result.board }
  /// Rows that have not seen the model.
  var baselines: [Leaderboard.Key] { board.rows.filter { Self.isBaseline($0) } }
  /// The others.
  var contenders: [Leaderboard.Key] { board.rows.filter { !Self.isBaseline($0) } }

  static func isBaseline(_ key: Leaderboard.Key) -> Bool { baselineNames.contains(key.method) }

  static let baselineNames = Baselines.all.map(\.name)

  /// Whether a row passes a metric's sanity check; nil where there is none, or nothing to tell it by.
  func passes(_ key: Leaderboard.Key, _ metric: any Metric) -> Bool? { board.passes(key, metric) }

  /// The first metric that tells which map is the best: of localisation, where something is marked; nil where all of them are sanity's, which
  /// tell which is none.
  var leading: (any Metric)? {
    let sanity = Metrics.sanity.map(\.name)
    let located = metrics.first { metric in
      metric.needs.contains(.truth) && contenders.contains { board.cell($0, metric.name)?.value.count ?? 0 > 0 }
    }
    return located ?? metrics.first { !sanity.contains($0.name) && !$0.needs.contains(.truth) }
  }

  /// Whether a row beats all baselines; nil for these, and where it cannot be told.
  func beatsBaselines(_ key: Leaderboard.Key, _ metric: any Metric) -> Bool? {
    Self.beatsBaselines(key, metric, of: board)
  }

  static func beatsBaselines(_ key: Leaderboard.Key, _ metric: any Metric, of board: Leaderboard) -> Bool? {
    isBaseline(key) ? nil : board.beats(board.rows.filter(isBaseline), key, metric)
  }
}

extension Requirement {
  /// Why the requirement does not hold; nil where it does.
  ///
  /// A mean over few of the images holds nothing: blank maps on hard images would raise it. So a row needs a value of more than nine in ten
  /// of the images that another row has one of, as it does to beat the baselines.
  func failure(in board: Leaderboard) -> InputError? {
    let key = board.rows.first { method == nil || $0.method == method }
    guard let key, let value = board.cell(key, metric)?.value, value.count > 0 else {
      return InputError("--require", "\(description) does not hold: \(metric) was measured of no image")
    }
    let row = "\(key.method) at \(key.layer.shortened(to: 60))"
    let measurable = board.rows.compactMap { board.cell($0, metric)?.value.count }.max() ?? 0
    guard value.count * 10 > measurable * 9 else {
      let counts = "\(value.count.grouped) of \(measurable.grouped) images"
      return InputError("--require", "\(description) does not hold: \(row) has a \(metric) for \(counts) only")
    }
    guard !relation.holds(value.mean, bound) else { return nil }
    let interval = value.interval.map { ", 95 % from \($0.lowerBound.trimmed(6)) to \($0.upperBound.trimmed(6))" }
    return InputError(
      "--require", "\(description) does not hold: \(row) has \(value.mean.trimmed(6))\(interval ?? "")")
  }
}
