import GradCAMCore
import ModelFormats

/// What a run compared, of images in order, in memory that does not grow with their number.
struct ComparisonResult: Sendable {
  /// A row a method and layer of the old model, a column a figure of `DiffOptions.figures`.
  private(set) var board: Leaderboard
  /// By the old model's layer, the new one's.
  private(set) var newLayers: [String: String] = [:]
  private(set) var worst: WorstMaps
  /// Both models with their digests, as the first record names them.
  private(set) var models: (old: (name: String, digest: String?), new: (name: String, digest: String?))?
  /// How many images have another prediction.
  private(set) var changed = 0
  /// How many pairs of maps hold what is no finite number, and how many have a map of one value: ranks are not defined there.
  private(set) var (notFinite, constant) = (0, 0)

  /// - Parameter most: how many maps are listed.
  init(seed: UInt64, listing most: Int) { (board, worst) = (Leaderboard(seed: seed), WorstMaps(limit: most)) }

  var images: Int { board.images }

  /// Takes in what a record says of an image.
  mutating func add(_ record: ExplanationRecord) {
    guard let diff = record.diff else { return }
    if models == nil { models = ((record.model, record.modelDigest), (diff.model, diff.modelDigest)) }
    if diff.changed { changed += 1 }
    worst.add(record)
    let values = record.maps.compactMap { map -> (key: Leaderboard.Key, values: [String: Double])? in
      guard let other = map.diff else { return nil }
      if other.notFinite { notFinite += 1 } else if other.constant != "none" { constant += 1 }
      if newLayers[map.layer] == nil { newLayers[map.layer] = other.layer }
      var values = [DiffOptions.changed: diff.changed ? 1.0 : 0]
      for figure in ComparisonFigure.allCases { values[figure.rawValue] = other[figure] ?? .nan }
      return (Leaderboard.Key(method: map.method, layer: map.layer), values)
    }
    board.add(image: record.path.bytes, values)
  }
}
