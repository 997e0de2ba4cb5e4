/// What a metric sees: one image, one map, and a way to run the network on changed images.
public final class MetricSubject {
  /// What entered the network: 1 C H W.
  public let input: Tensor
  /// The map after the method's own ReLU, unscaled, at its own size.
  public let map: Heatmap
  /// Where the class is; nil where nobody says so.
  public let truth: TruthRegion?
  /// What all metrics take.
  public let settings: MetricSettings

  /// Whether `value` is a probability.
  public let hasProbabilities: Bool
  private let runner: SubjectRunner
  private let explains: (Tensor) throws -> Heatmap
  private var known: [String: Any] = [:]
  /// All maps of the image, and which of them this is.
  let maps: ImageMaps
  let index: Int

  init(
    _ maps: ImageMaps, at index: Int, _ runner: SubjectRunner, truth: TruthRegion?, settings: MetricSettings,
    explains: @escaping (Tensor) throws -> Heatmap
  ) {
    (self.maps, self.index, map) = (maps, index, maps.maps[index].cam)
    (self.runner, self.truth, self.settings, self.explains) = (runner, truth, settings, explains)
    (input, hasProbabilities) = (runner.input, runner.hasProbabilities)
  }

  // MARK: The map at the input's size

  /// The map at the input's size, enlarged bilinearly as PyTorch's `interpolate` does; it keeps its sign and its unit.
  public private(set) lazy var relevance = map.enlarged(height: input.shape.h, width: input.shape.w)

  /// What speaks for the class, from 0 to 1: the relevance without its negative values, divided by its maximum. Zeros where nothing does.
  public private(set) lazy var mask = Normalization.max.scale(relevance.positivePart())

  /// The input's positions, H·W, from the most relevant to the least. Ties stand in a random, seeded order, so that a map of one value is
  /// not taken away from the top.
  public private(set) lazy var order: [Int] = {
    let (values, random) = (relevance.values, random(1))
    let keys = values.indices.map { random.bits($0) }
    return values.indices.sorted { values[$0] == values[$1] ? keys[$0] < keys[$1] : values[$0] > values[$1] }
  }()

  /// Whether the map holds finite numbers only: no other can be measured.
  public var isFinite: Bool { map.values.allSatisfy(\.isFinite) }

  // MARK: The network

  /// The class's probability for the image as it is, or its score where nothing makes probabilities of scores.
  public func value() throws -> Double { try runner.value() }

  /// The class's value (see `value`) for `count` changed images, in batches.
  ///
  /// - Parameter make: writes image number `index`, H W C as it is stored; the target holds no image before.
  public func values(of count: Int, _ make: (_ index: Int, _ target: UnsafeMutablePointer<Float>) -> Void) throws
    -> [Double]
  {
    try runner.values(of: count, make)
  }

  /// The class's value for the image with pixels scaled by a mask of the input's size.
  public func value(maskedBy mask: Heatmap) throws -> Double { try runner.values(of: masked(mask))[0] }

  /// The image with its pixels scaled by a mask of the input's size.
  public func masked(_ mask: Heatmap) -> Tensor {
    let channels = input.shape.c
    return Tensor(input.shape) { target in
      for position in mask.values.indices {
        for i in position * channels..<(position + 1) * channels {
          target[i] = input.elements[i] * mask.values[position]
        }
      }
    }
  }

  /// The class's values for a batch of images, N C H W.
  public func values(of batch: Tensor) throws -> [Double] { try runner.values(of: batch) }

  /// The method's map of another image, 1 C H W, for the same class at the same layer.
  public func explanation(of input: Tensor) throws -> Heatmap { try explains(input) }

  /// What stands in the place of pixels that are taken away: an image of the input's shape.
  public var replacement: Tensor { runner.replacement(settings) }

  /// The class's value where all of the picture is replaced.
  public func valueOfReplacement() throws -> Double { try runner.valueOfReplacement(settings) }

  /// What a sample of 0 becomes when it enters the network, by channel.
  var black: [Float] { runner.black }

  // MARK: -

  /// What `compute` gives, computed once for all maps of the image that explain one class.
  func onceForClass(_ key: String, _ compute: () throws -> Double) rethrows -> Double {
    try runner.once(key, compute)
  }

  /// What `compute` gives, computed once for all metrics of the map.
  ///
  /// - Precondition: one key has values of one type.
  func once<Value>(_ key: String, _ compute: () throws -> Value) rethrows -> Value {
    if let value = known[key] as? Value { return value }
    let value = try compute()
    known[key] = value
    return value
  }

  /// A stream of random numbers of the run's seed; metrics number theirs from 100 on.
  func random(_ stream: UInt64) -> CounterRandom { CounterRandom(seed: settings.seed, stream: 100 + stream) }
}
