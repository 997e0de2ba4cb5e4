import ModelFormats

/// Means over images: a row a method and layer, a column a metric.
public struct Leaderboard: Sendable {
  /// A method at a layer.
  public struct Key: Sendable, Hashable {
    public let method: String
    public let layer: String

    /// A method at a layer, as records spell both.
    public init(method: String, layer: String) { (self.method, self.layer) = (method, layer) }
  }

  /// A mean, and how it compares.
  public struct Cell: Sendable {
    /// Over images.
    public var value = BootstrapMean()
    /// What it is less the first row's, image by image.
    public var difference = BootstrapMean()
  }

  /// The fewest images that rows are held against others by: of fewer a bootstrap's intervals are far too narrow.
  public static let leastImages = 6

  /// In the order in which they were first measured.
  public private(set) var rows: [Key] = []
  private var cells: [Key: [String: Cell]] = [:]
  /// Of metrics that take the best of several means, these by name: see `MetricFinding.candidates`.
  private var candidates: [Key: [String: [String: BootstrapMean]]] = [:]
  /// How many images were measured.
  public private(set) var images = 0
  private let seed: UInt64

  /// - Parameter seed: of the resamples.
  public init(seed: UInt64) { self.seed = seed }

  /// Takes in what was measured of one image.
  ///
  /// - Parameters:
  ///   - name: what tells the image from others.
  ///   - values: of each map as `MapEvaluation.values` has them; of several classes the mean is the image's.
  public mutating func add(image name: [UInt8], _ values: [(key: Key, values: [String: Double])]) {
    images += 1
    let weights = BootstrapWeights(image: name, seed: seed)
    let found = Self.joined(values)
    for (key, _) in found where cells[key] == nil {
      rows.append(key)
      cells[key] = [:]
    }
    let first = rows.first.flatMap { row in found.first { $0.key == row }?.values }
    for (key, values) in found {
      for (metric, value) in values {
        if let (metric, name) = Self.candidate(metric) {
          // What one candidate lacks, all do: their sums are over the same images.
          if values[metric]?.isFinite ?? true {
            candidates[key, default: [:]][metric, default: [:]][name, default: BootstrapMean()].add(value, weights)
          }
          continue
        }
        cells[key]?[metric, default: Cell()].value.add(value, weights)
        if let other = first?[metric], key != rows[0] {
          cells[key]?[metric, default: Cell()].difference.add(value - other, weights)
        }
      }
    }
  }

  /// One row a method and layer: of an image's classes the mean, NaN where one of them is.
  private static func joined(_ values: [(key: Key, values: [String: Double])]) -> [(key: Key, values: [String: Double])]
  {
    var order: [Key] = []
    var all: [Key: [String: [Double]]] = [:]
    for (key, values) in values {
      if all[key] == nil { order.append(key) }
      for (metric, value) in values { all[key, default: [:]][metric, default: []].append(value) }
    }
    return order.map { key in
      (key, (all[key] ?? [:]).mapValues { $0.reduce(0, +) / Double($0.count) })
    }
  }

  /// Whether a row is better than all of some others: the interval of its difference from each lies on the better side of 0.
  ///
  /// A row without a value for a tenth or more of the images that another has one for beats it by nothing: blank maps on hard images would
  /// raise its mean.
  ///
  /// - Returns: nil where that cannot be told: there are no others, or fewer than `leastImages` have a value; and by metrics that ask
  ///   no map to beat others.
  public func beats(_ others: [Key], _ key: Key, _ metric: any Metric) -> Bool? {
    guard metric.mustBeatBaselines, let own = cell(key, metric.name)?.value else { return nil }
    let rivals = others.compactMap { cell($0, metric.name)?.value }.filter { $0.count > 0 }
    guard !rivals.isEmpty, own.count >= Self.leastImages else { return nil }
    var all = true
    for rival in rivals {
      guard let interval = own.difference(from: rival).interval else { return nil }
      guard own.count * 10 > rival.count * 9 else { return false }
      all = all && (metric.isBetterHigh ? interval.lowerBound > 0 : interval.upperBound < 0)
    }
    return all
  }

  /// Whether a row passes a metric's sanity check: its mean lies on the better side of the metric's bound, with its interval where there is
  /// one.
  ///
  /// - Returns: nil for metrics that are no check, and where no image has a value.
  public func passes(_ key: Key, _ metric: any Metric) -> Bool? {
    guard let bound = metric.passingBound, let value = cell(key, metric.name)?.value, value.count > 0 else {
      return nil
    }
    let interval = value.interval ?? value.mean...value.mean
    return metric.isBetterHigh ? interval.lowerBound > bound : interval.upperBound < bound
  }

  /// The best row by a metric's mean, the first of equals; nil where none has one.
  public func best(of keys: [Key], by metric: any Metric) -> Key? {
    var best: (key: Key, mean: Double)?
    for key in keys {
      guard let mean = cell(key, metric.name)?.value.mean, mean.isFinite else { continue }
      guard let other = best?.mean, metric.isBetterHigh ? mean <= other : mean >= other else {
        best = (key, mean)
        continue
      }
    }
    return best?.key
  }

  /// A row's cell of a metric; nil where it was never measured.
  ///
  /// The best of several means is so in every resample, too: its interval is that of choosing and measuring.
  public func cell(_ key: Key, _ metric: String) -> Cell? {
    guard var cell = cells[key]?[metric] else { return nil }
    guard let best = best(key, metric) else { return cell }
    cell.value = best.counting(undefined: cell.value.undefined)
    if key != rows[0] { cell.difference = self.best(rows[0], metric).flatMap(best.less) ?? BootstrapMean() }
    return cell
  }

  /// The candidate whose mean is the greatest; nil where there are none.
  public func bestCandidate(_ key: Key, _ metric: String) -> String? {
    candidates[key]?[metric]?.min { ($1.value.mean, $0.key) < ($0.value.mean, $1.key) }?.key
  }

  private func best(_ key: Key, _ metric: String) -> BootstrapMean? {
    guard let means = candidates[key]?[metric]?.values, let first = means.first else { return nil }
    return means.dropFirst().reduce(first) { $0.greater($1) }
  }

  /// `iou-best@0.05` as metric and candidate; nil for others.
  private static func candidate(_ name: String) -> (metric: String, name: String)? {
    guard let sign = name.firstIndex(of: "@") else { return nil }
    return (String(name[..<sign]), String(name[name.index(after: sign)...]))
  }
}
