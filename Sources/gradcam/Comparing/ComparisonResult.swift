import GradCAMCore
import ModelFormats

/// What a run compared, of images in order, in memory that does not grow with their number.
struct ComparisonResult: Sendable {
  /// A model, as a record names it.
  struct Model: Sendable {
    let name: String
    let digest, dataDigest: String?
    let preprocess: String
  }

  /// Of a row and a figure: how many pairs of maps there are.
  struct Tally: Sendable {
    var pairs = 0
    /// Those of which it is defined.
    var defined = 0
    /// Those of which both maps are blank, and so do not differ in it.
    var blank = 0

    /// Those of which it is not defined though one of the maps says something.
    var missing: Int { pairs - defined - blank }
  }

  /// A row a method and layer of the old model, a column a figure of `DiffOptions.figures`.
  private(set) var board: Leaderboard
  /// By the old model's layer, the new one's.
  private(set) var newLayers: [String: String] = [:]
  private(set) var worst: WorstMaps
  /// Both models, as the first record names them.
  private(set) var models: (old: Model, new: Model)?
  /// How many images have another prediction.
  private(set) var changed = 0
  /// Of how many images a model gives no answer: its scores are not finite.
  private(set) var unanswered = (old: 0, new: 0)
  /// How many pairs of maps hold what is no finite number.
  private(set) var notFinite = 0
  /// How many pairs have a map of one value, or one with nothing above 0, and how many of these have two.
  private(set) var (constant, empty) = ((pairs: 0, both: 0), (pairs: 0, both: 0))
  /// Whether an image has maps of several classes.
  private(set) var hasSeveralTargets = false
  /// The first images that failed, and why.
  private(set) var failures: [String] = []
  private var tallies: [Leaderboard.Key: [ComparisonFigure: Tally]] = [:]

  /// How many failed images are named.
  static let mostFailures = 20

  /// - Parameter most: how many maps are listed.
  init(seed: UInt64, listing most: Int) { (board, worst) = (Leaderboard(seed: seed), WorstMaps(limit: most)) }

  var images: Int { board.images }

  func tally(_ key: Leaderboard.Key, _ figure: ComparisonFigure) -> Tally { tallies[key]?[figure] ?? Tally() }

  /// Takes in what became of an image.
  mutating func add(_ outcome: ImageOutcome) {
    if let record = outcome.measured { add(record) }
    if let error = outcome.error, failures.count < Self.mostFailures { failures.append(error.withFlags) }
  }

  private mutating func add(_ record: ExplanationRecord) {
    guard let diff = record.diff else { return }
    if models == nil {
      models = (
        Model(
          name: record.model, digest: record.modelDigest, dataDigest: record.modelDataDigest,
          preprocess: record.preprocess),
        Model(
          name: diff.model, digest: diff.modelDigest, dataDigest: diff.modelDataDigest, preprocess: diff.preprocess)
      )
    }
    if diff.changed { changed += 1 }
    if diff.topOld == nil { unanswered.old += 1 }
    if diff.topNew == nil { unanswered.new += 1 }
    if Set(record.maps.map(\.target.index)).count > 1 { hasSeveralTargets = true }
    worst.add(record)
    for map in record.maps { count(map) }
    board.add(image: record.path.bytes, values(record, diff))
  }

  private mutating func count(_ map: MapRecord) {
    guard let diff = map.diff else { return }
    if newLayers[map.layer] == nil { newLayers[map.layer] = diff.layer }
    if diff.notFinite { notFinite += 1 }
    if diff.constant != "none" { constant = (constant.pairs + 1, constant.both + (diff.constant == "both" ? 1 : 0)) }
    if diff.empty != "none" { empty = (empty.pairs + 1, empty.both + (diff.empty == "both" ? 1 : 0)) }
    let key = Leaderboard.Key(method: map.method, layer: map.layer)
    for figure in ComparisonFigure.allCases {
      tallies[key, default: [:]][figure, default: Tally()].pairs += 1
      if diff[figure] != nil {
        tallies[key]?[figure]?.defined += 1
      } else if diff.isBlankInBoth(figure) {
        tallies[key]?[figure]?.blank += 1
      }
    }
  }

  /// By map. Of an image's classes those whose maps are blank in both models have no part in its mean, unless all are.
  private func values(
    _ record: ExplanationRecord, _ diff: DiffRecord
  ) -> [(key: Leaderboard.Key, values: [String: Double])] {
    let maps = record.maps.compactMap { map in
      map.diff.map { (key: Leaderboard.Key(method: map.method, layer: map.layer), diff: $0) }
    }
    return maps.map { map in
      var values = [DiffOptions.changed: diff.changed ? 1.0 : 0]
      for figure in ComparisonFigure.allCases {
        let isLeftOut =
          map.diff.isBlankInBoth(figure)
          && maps.contains { $0.key == map.key && !$0.diff.isBlankInBoth(figure) }
        if !isLeftOut { values[figure.rawValue] = map.diff[figure] ?? .nan }
      }
      return (map.key, values)
    }
  }
}
