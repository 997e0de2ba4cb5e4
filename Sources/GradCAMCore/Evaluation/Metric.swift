/// A figure of merit: what one number says of a map.
///
/// A metric of one's own is a small type that conforms; `Evaluator` takes it like those that are built in:
///
///     struct Spread: Metric {
///       let name = "spread"
///       let paper = "mine"
///       let isBetterHigh = false
///       func measure(_ subject: MetricSubject) -> MetricFinding {
///         MetricFinding(subject.map.entropy)
///       }
///     }
public protocol Metric: Sendable {
  /// How users, tables and records call it.
  var name: String { get }
  /// Where it was published.
  var paper: String { get }
  /// Whether more is better.
  var isBetterHigh: Bool { get }
  /// What it works from beside the map and one forward pass; nothing where nothing else is said.
  var needs: MetricNeeds { get }

  /// How many changed images the network sees for one map; nothing where nothing else is said. Metrics of one map share some of them.
  func passes(_ settings: MetricSettings) -> Int
  /// How many more maps the method makes for one map; 1 or none, by `needs`, where nothing else is said.
  var maps: Int { get }

  /// Whether a good map has to beat maps that know nothing of the model. It has where nothing else is said; not so by stability, which
  /// a map that never changes has most of.
  var mustBeatBaselines: Bool { get }
  /// What the mean has to stay on the better side of, with its interval, for maps to pass a sanity check; nil, where nothing else is said,
  /// for metrics that are none.
  var passingBound: Double? { get }

  /// Measures one map.
  ///
  /// - Throws: whatever the network's passes throw.
  func measure(_ subject: MetricSubject) throws -> MetricFinding
}

extension Metric {
  public var needs: MetricNeeds { [] }
  public func passes(_ settings: MetricSettings) -> Int { 0 }
  public var maps: Int { needs.contains(.explanations) ? 1 : 0 }
  public var mustBeatBaselines: Bool { true }
  public var passingBound: Double? { nil }
}

/// What a metric works from, beside the map.
public struct MetricNeeds: OptionSet, Sendable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// Where the class is in the image: see `ImageTruth`.
  public static let truth = MetricNeeds(rawValue: 1)
  /// Forward passes of changed images.
  public static let forwardPasses = MetricNeeds(rawValue: 2)
  /// Maps that the method makes of changed images.
  public static let explanations = MetricNeeds(rawValue: 4)
  /// The model with other weights.
  public static let randomizedModels = MetricNeeds(rawValue: 8)
  /// The maps of other methods.
  public static let otherMaps = MetricNeeds(rawValue: 16)
}

/// What a metric found of one map.
public struct MetricFinding: Sendable {
  /// NaN where the metric is not defined: such maps are counted, and take no part in means.
  public var value: Double
  /// What the value sums up, for those that are areas under a curve.
  public var curve: MetricCurve?
  /// Of a metric that takes the best of several means over images, what each is a mean of, by name; the value is the image's own best. Empty
  /// for others.
  public var candidates: [String: Double] = [:]

  /// A number, and nothing else to say.
  public init(_ value: Double) { self.value = value }
  /// A number, and nothing else to say.
  public init(_ value: Float) { self.value = Double(value) }

  /// A number, and the curve that it sums up.
  public init(_ value: Double, _ curve: MetricCurve) { (self.value, self.curve) = (value, curve) }

  /// The finding of a metric that takes the best of several means over images.
  ///
  /// - Parameter candidates: one a mean, of the same names for every image.
  public init(bestOf candidates: [String: Double]) {
    (value, self.candidates) = (candidates.values.max() ?? .nan, candidates)
  }

  /// What cannot be measured.
  public static let undefined = MetricFinding(Double.nan)
}

/// Points of a curve, from share 0 to share 1 of the picture.
public struct MetricCurve: Sendable, Hashable {
  /// The share of the picture's pixels that were changed, ascending.
  public var shares: [Double]
  /// The class's probability there.
  public var values: [Double]

  /// A curve through these points, as many shares as values.
  public init(shares: [Double], values: [Double]) { (self.shares, self.values) = (shares, values) }

  /// The area under the curve, by trapezoids over the shares as they are.
  public var area: Double {
    zip(shares.indices, shares.indices.dropFirst()).reduce(0) { area, pair in
      area + (shares[pair.1] - shares[pair.0]) * (values[pair.0] + values[pair.1]) / 2
    }
  }
}
