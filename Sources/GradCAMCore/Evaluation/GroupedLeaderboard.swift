import ModelFormats

/// Means over images, and beside them those over images of one class, or of findings of one size.
public struct GroupedLeaderboard: Sendable {
  /// A map's figures, and what it belongs to.
  public struct Entry: Sendable {
    public var key: Leaderboard.Key
    /// As `MapEvaluation.values` has them.
    public var values: [String: Double]
    /// The groups of the map.
    public var groups: [MapGroup]

    /// A map's figures, and what it belongs to.
    public init(_ key: Leaderboard.Key, _ values: [String: Double], groups: [MapGroup] = []) {
      (self.key, self.values, self.groups) = (key, values, groups)
    }
  }

  /// Over all images.
  public private(set) var all: Leaderboard
  private var boards: [MapGroup: Leaderboard] = [:]
  private let seed: UInt64

  /// - Parameter seed: of the resamples.
  public init(seed: UInt64) { (self.seed, all) = (seed, Leaderboard(seed: seed)) }

  /// Takes in what was measured of one image: see `Leaderboard.add`.
  public mutating func add(image name: [UInt8], _ entries: [Entry]) {
    all.add(image: name, entries.map { ($0.key, $0.values) })
    for group in Set(entries.flatMap(\.groups)) {
      let own = entries.filter { $0.groups.contains(group) }
      boards[group, default: Leaderboard(seed: seed)].add(image: name, own.map { ($0.key, $0.values) })
    }
  }

  /// By class, then by size.
  public var groups: [(group: MapGroup, board: Leaderboard)] {
    boards.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
