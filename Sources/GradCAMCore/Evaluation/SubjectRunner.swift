/// Runs the network for all maps of one image that explain one class, and keeps what they share.
final class SubjectRunner {
  /// What entered the network: 1 C H W.
  let input: Tensor
  /// Whether there are probabilities, which the values are then.
  let hasProbabilities: Bool
  /// What a sample of 0 becomes when it enters the network, by channel.
  let black: [Float]

  private let network: NetworkRunner
  private let model: Model
  private let target: Prediction.Entry
  private let batch: Int
  private var knownValue: Double?
  private var known: [String: Double] = [:]
  private var replacements: [MetricSettings.Replacement: (image: Tensor, value: Double?)] = [:]

  init(
    _ network: NetworkRunner, _ model: Model, _ target: Prediction.Entry, _ settings: MethodSettings, black: [Float]
  ) {
    self.black = black
    (self.network, self.model, self.target, input) = (network, model, target, network.input)
    hasProbabilities = target.probability != nil
    batch = settings.batch(of: input.count, limit: 16)
  }

  /// The class's values for `count` images, in batches: see `MetricSubject.values`.
  func values(of count: Int, _ make: (_ index: Int, _ target: UnsafeMutablePointer<Float>) -> Void) throws -> [Double] {
    var values: [Double] = []
    for start in stride(from: 0, to: count, by: batch) {
      let indices = start..<min(start + batch, count)
      let images = Tensor(input.shape.withImages(indices.count)) { target in
        parallelFor(indices.count, threads: network.session.context.threads) { offset, _ in
          make(start + offset, target + offset * input.count)
        }
      }
      values += try self.values(of: images)
    }
    return values
  }

  /// The class's values for a batch of images, N C H W.
  func values(of images: Tensor) throws -> [Double] {
    let rows = try network.outputs(of: images, at: .output)
    return (0..<rows.count).map { value(of: Array(rows[$0])) }
  }

  /// The class's probability among one image's outputs, or its score.
  private func value(of outputs: [Float]) -> Double {
    let (activation, shares) = model.shares(of: outputs)
    let ending = model.graph.ending.output
    // Metrics divide by what a share leaves. Shares that the network gives itself are rounded already.
    let kind = ending == .scores || ending == .unknown ? activation.kind : .none
    guard outputs.count == 1 else {
      return kind.share(of: target.index, in: outputs) ?? Double((shares ?? outputs)[target.index])
    }
    // The negative class of a network with one output has what the positive one leaves.
    let (isPositive, score) = (target.index == 1, target.index == 1 ? outputs[0] : -outputs[0])
    if kind == .sigmoid, let share = kind.share(of: 0, in: [score]) { return share }
    return shares.map { Double(isPositive ? $0[0] : 1 - $0[0]) } ?? Double(score)
  }

  /// See `MetricSubject.value`. It has a pass of its own: the one that maps are explained by runs in other steps where hooks wait, and an
  /// image that a mask leaves as it is would differ from it in the last bits.
  func value() throws -> Double {
    if let knownValue { return knownValue }
    let value = try values(of: input)[0]
    knownValue = value
    return value
  }

  /// What `compute` gives, computed once.
  func once(_ key: String, _ compute: () throws -> Double) rethrows -> Double {
    if let value = known[key] { return value }
    let value = try compute()
    known[key] = value
    return value
  }

  // MARK: Replacements

  func replacement(_ settings: MetricSettings) -> Tensor {
    let kind = settings.replacement ?? .mean
    if let known = replacements[kind] { return known.image }
    let image = kind.image(of: input, seed: settings.seed)
    replacements[kind] = (image, nil)
    return image
  }

  func valueOfReplacement(_ settings: MetricSettings) throws -> Double {
    let image = replacement(settings)
    let kind = settings.replacement ?? .mean
    if let known = replacements[kind]?.value { return known }
    let value = try values(of: image)[0]
    replacements[kind] = (image, value)
    return value
  }
}
