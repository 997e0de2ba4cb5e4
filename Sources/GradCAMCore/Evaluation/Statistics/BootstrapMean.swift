/// A mean over images with its interval, in memory that does not grow with their number.
public struct BootstrapMean: Sendable {
  private var sum = 0.0
  /// How many images had a value.
  public private(set) var count = 0
  /// How many had none: what was measured is NaN.
  public private(set) var undefined = 0
  private var sums: [Double] = []
  private var counts: [UInt32] = []

  /// The mean of nothing.
  public init() {}

  /// Takes in what was measured of one image.
  public mutating func add(_ value: Double, _ weights: BootstrapWeights) {
    guard value.isFinite else {
      undefined += 1
      return
    }
    if sums.isEmpty {
      sums = Array(repeating: 0, count: BootstrapWeights.resamples)
      counts = Array(repeating: 0, count: BootstrapWeights.resamples)
    }
    (sum, count) = (sum + value, count + 1)
    for (number, weight) in weights.counts.enumerated() where weight > 0 {
      sums[number] += value * Double(weight)
      counts[number] += UInt32(weight)
    }
  }

  /// What this mean is less another over images that were weighted alike: each resample gives one difference, so that what the two
  /// share cancels.
  ///
  /// - Returns: NaN without a value in both; no interval for fewer than two images in either.
  public func difference(from other: BootstrapMean) -> (mean: Double, interval: ClosedRange<Double>?) {
    guard count > 1, other.count > 1 else { return (mean - other.mean, nil) }
    let differences = sums.indices.compactMap { number -> Double? in
      guard counts[number] > 0, other.counts[number] > 0 else { return nil }
      return sums[number] / Double(counts[number]) - other.sums[number] / Double(other.counts[number])
    }
    return (mean - other.mean, Self.middle(of: differences))
  }

  /// NaN where no image had a value.
  public var mean: Double { sum / Double(count) }

  /// The middle 95 % of the resamples' means; nil for fewer than two images.
  public var interval: ClosedRange<Double>? {
    guard count > 1 else { return nil }
    return Self.middle(of: zip(sums, counts).filter { $0.1 > 0 }.map { $0.0 / Double($0.1) })
  }

  /// From the 2.5th percentile to the 97.5th; nil of nothing, and where sums went beyond what a number holds.
  private static func middle(of values: [Double]) -> ClosedRange<Double>? {
    guard !values.isEmpty, values.allSatisfy(\.isFinite) else { return nil }
    let sorted = values.sorted()
    func quantile(_ share: Double) -> Double { sorted[Int((share * Double(sorted.count - 1)).rounded())] }
    return quantile(0.025)...quantile(0.975)
  }

  // MARK: Means over the same images

  /// The greater of two means, in every resample; over different images the one whose own mean is greater.
  func greater(_ other: BootstrapMean) -> BootstrapMean {
    guard count == other.count, counts == other.counts else {
      return other.mean > mean || mean.isNaN ? other : self
    }
    var result = self
    result.sum = max(sum, other.sum)
    result.sums = zip(sums, other.sums).map { max($0, $1) }
    return result
  }

  /// The difference of two means, in every resample; nil where they are over different images.
  func less(_ other: BootstrapMean) -> BootstrapMean? {
    guard count == other.count, counts == other.counts else { return nil }
    var result = self
    result.sum = sum - other.sum
    result.sums = zip(sums, other.sums).map { $0 - $1 }
    return result
  }

  /// The same mean, beside so many images that have no value.
  func counting(undefined: Int) -> BootstrapMean {
    var result = self
    result.undefined = undefined
    return result
  }
}
