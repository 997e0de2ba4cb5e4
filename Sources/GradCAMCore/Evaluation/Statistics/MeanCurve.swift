extension MetricCurve {
  /// The curve at equal distances from its first share to its last, read off linearly between its points.
  ///
  /// - Parameter most: into how many intervals it is cut at most; curves of fewer keep their number.
  public func evened(intervals most: Int) -> MetricCurve {
    guard let first = shares.first, let last = shares.last, shares.count == values.count, shares.count > 1, most > 0
    else { return self }
    let count = min(shares.count - 1, most)
    let places = (0...count).map { $0 == count ? last : first + (last - first) * Double($0) / Double(count) }
    return MetricCurve(shares: places, values: places.map(value))
  }

  private func value(at share: Double) -> Double {
    guard let next = shares.firstIndex(where: { $0 >= share }) else { return values[values.count - 1] }
    guard next > 0 else { return values[0] }
    let part = (share - shares[next - 1]) / (shares[next] - shares[next - 1])
    return values[next - 1] + part * (values[next] - values[next - 1])
  }
}

/// The mean of curves over images with its band, in memory that does not grow with their number.
public struct MeanCurve: Sendable {
  /// Where the curve's points are.
  public let shares: [Double]
  /// At each share the mean over images, with its interval.
  public private(set) var points: [BootstrapMean]

  init(_ shares: [Double]) { (self.shares, points) = (shares, shares.map { _ in BootstrapMean() }) }

  /// How many images it is a mean of.
  public var count: Int { points.first?.count ?? 0 }

  mutating func add(_ values: [Double], _ weights: BootstrapWeights) {
    for index in points.indices { points[index].add(values[index], weights) }
  }
}

/// Mean curves over images: by method and layer, and metric.
public struct CurveBoard: Sendable {
  private struct Place: Hashable {
    let key: Leaderboard.Key
    let metric: String
    let shares: [Double]
  }

  private var curves: [Place: MeanCurve] = [:]
  private let seed: UInt64

  /// Into how many intervals curves are cut at most.
  public static let mostIntervals = 20
  /// How many curves are kept at most: those that come after are left out.
  public static let most = 512

  /// - Parameter seed: of the resamples, as the table's is.
  public init(seed: UInt64) { self.seed = seed }

  /// Takes in the curves of one image's maps, evened.
  ///
  /// - Parameters:
  ///   - name: what tells the image from others.
  ///   - entries: of each map its curves by metric; of several classes the mean is the image's. Curves with values that are no finite
  ///     numbers, or with more points than `mostIntervals` allows, are passed over.
  public mutating func add(image name: [UInt8], _ entries: [(key: Leaderboard.Key, curves: [String: MetricCurve])]) {
    var found: [(place: Place, values: [[Double]])] = []
    var places: [Place: Int] = [:]
    for (key, curves) in entries {
      for (metric, curve) in curves.sorted(by: { $0.key < $1.key }) where Self.isSound(curve) {
        let place = Place(key: key, metric: metric, shares: curve.shares)
        if let number = places[place] {
          found[number].values.append(curve.values)
        } else {
          places[place] = found.count
          found.append((place, [curve.values]))
        }
      }
    }
    guard !found.isEmpty else { return }
    let weights = BootstrapWeights(image: name, seed: seed)
    for (place, values) in found where curves[place] != nil || curves.count < Self.most {
      let means = place.shares.indices.map { index in
        values.reduce(0) { $0 + $1[index] } / Double(values.count)
      }
      curves[place, default: MeanCurve(place.shares)].add(means, weights)
    }
  }

  private static func isSound(_ curve: MetricCurve) -> Bool {
    (2...mostIntervals + 1).contains(curve.shares.count) && curve.values.count == curve.shares.count
      && (curve.shares + curve.values).allSatisfy(\.isFinite)
  }

  /// A row's curve of a metric; nil where there is none. Networks that take several sizes may cut images at other shares: it is the curve
  /// of most images, of equals that with most points.
  public func curve(_ key: Leaderboard.Key, _ metric: String) -> MeanCurve? {
    let own = curves.filter { $0.key.key == key && $0.key.metric == metric }.values
    return own.max { ($0.count, $0.shares.count, $1.shares[1]) < ($1.count, $1.shares.count, $0.shares[1]) }
  }
}
