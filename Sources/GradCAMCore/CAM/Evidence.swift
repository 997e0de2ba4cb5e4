/// What a method works from: one image, one score, and one layer (or the input).
public final class Evidence {
  /// The layer's path; empty for the input.
  public let layer: String
  /// What left the layer (or the input itself): 1 C H W, whatever the layer's own order of axes is.
  public let activations: Tensor
  /// The score's gradient there: 1 C H W. Zeros for methods that do not ask for gradients.
  public let gradients: Tensor
  /// What entered the network: 1 C H W.
  public let input: Tensor
  /// What is explained.
  public let score: Score
  /// What left the network, where scores are read.
  public let outputs: OutputRows
  /// What all methods take.
  public let settings: MethodSettings
  /// The network, for methods that run it again.
  let network: NetworkRunner
  /// nil for the input.
  let site: LayerSite?
  let head: Head?
  /// What the network's last operations make of its scores.
  let ending: Ending
  /// What makes probabilities of this image's scores.
  let activation: FinalActivation
  let memory: LayerMemory
  private let attention: AttentionProbe?
  /// How far a long method is: its name, passes done, and of how many.
  let progress: ((String, Int, Int) -> Void)?

  init(
    _ place: EvidencePlace, gradients: Tensor, score: Score, outputs: OutputRows, settings: MethodSettings,
    ending: Ending, activation: FinalActivation, progress: ((String, Int, Int) -> Void)?
  ) {
    (layer, activations, input, network) = (place.layer, place.activations, place.network.input, place.network)
    (site, head, memory, attention) = (place.site, place.head, place.memory, place.attention)
    (self.gradients, self.score, self.outputs, self.settings) = (gradients, score, outputs, settings)
    (self.ending, self.activation, self.progress) = (ending, activation, progress)
  }

  /// The layer, for methods that explain at one.
  var layerSite: LayerSite {
    guard let site else { preconditionFailure("a method at a layer, asked at the input") }
    return site
  }

  /// What was seen of attentions, for methods that need it.
  var attentionProbe: AttentionProbe {
    guard let attention else { preconditionFailure("a method of attention without hooks there") }
    return attention
  }

  // MARK: Running the network again

  /// The scores of a batch of inputs, N C H W.
  public func scores(of inputs: Tensor) throws -> [Float] {
    score.values(of: try network.outputs(of: inputs, at: score.point))
  }

  /// The scores of a batch of activations, N C H W, in the place of the layer's.
  public func scores(replacingActivationsBy batch: Tensor) throws -> [Float] {
    score.values(of: try outputs(replacingActivationsBy: batch))
  }

  private func outputs(replacingActivationsBy batch: Tensor) throws -> OutputRows {
    guard let site else { return try network.outputs(of: batch, at: score.point) }
    return try network.outputs(replacing: site, by: batch, at: score.point)
  }

  /// The outputs of `count` perturbed inputs or activations, run in batches.
  ///
  /// - Parameters:
  ///   - name: the method's, for progress; nil where the caller tells it.
  ///   - isAtInput: whether inputs are perturbed, in the place of activations.
  ///   - make: writes perturbed tensor number `index` in stored order.
  func perturbed(
    _ name: String?, count: Int, isAtInput: Bool, _ make: (_ index: Int, _ target: UnsafeMutablePointer<Float>) -> Void
  ) throws -> OutputRows {
    let shape = isAtInput ? input.shape : activations.shape
    let size = settings.batch(of: shape.count, limit: isAtInput ? 16 : 128)
    var rows = OutputRows(width: outputs.width)
    for start in stride(from: 0, to: count, by: size) {
      if let name { progress?(name, start, count) }
      let indices = start..<min(start + size, count)
      let batch = Tensor(shape.withImages(indices.count)) { target in
        parallelFor(indices.count, threads: network.session.context.threads) { offset, _ in
          make(start + offset, target + offset * shape.count)
        }
      }
      rows.append(
        isAtInput
          ? try network.outputs(of: batch, at: score.point)
          : try outputs(replacingActivationsBy: batch))
    }
    if let name { progress?(name, count, count) }
    return rows
  }

  /// What `compute` gives, computed once for all scores of a layer and image.
  func once(_ key: String, _ compute: () throws -> OutputRows) rethrows -> OutputRows {
    if let known = memory.rows[key] { return known }
    let rows = try compute()
    memory.rows[key] = rows
    return rows
  }

  // MARK: Sampling

  /// Draws samples in batches until there are as many as were asked for, or the budget is used up.
  ///
  /// - Parameters:
  ///   - usual: the number where nobody asked for one.
  ///   - batch: how many at once.
  ///   - draw: handles the samples of these numbers.
  /// - Returns: how many were drawn.
  func sample(
    _ name: String, usual: Int, batch: Int, _ draw: (Range<Int>) throws -> Void
  ) rethrows -> Int {
    let limit = settings.samples ?? (settings.budget == nil ? usual : 1_000_000)
    let end = settings.budget.map { secondsNow() + $0 }
    var done = 0
    while done < limit {
      // One batch is drawn whatever the budget is: no samples are no map.
      if done > 0, let end, secondsNow() >= end { break }
      try draw(done..<min(done + batch, limit))
      done = min(done + batch, limit)
      progress?(name, done, settings.budget == nil ? limit : done)
    }
    return done
  }

  /// A stream of random numbers of the run's seed.
  func random(_ stream: UInt64) -> CounterRandom { CounterRandom(seed: settings.seed, stream: stream) }

  /// A batch of noisy copies of the input: x + σ·n with n of the standard normal distribution, by the samples' numbers.
  func noisyInputs(_ samples: Range<Int>, deviation: Float) -> Tensor {
    let (size, random) = (input.count, random(1))
    return Tensor(input.shape.withImages(samples.count)) { target in
      parallelFor(samples.count * size, blockSize: 1 << 14, threads: network.session.context.threads) { range, _ in
        for i in range {
          let (sample, element) = (samples.lowerBound + i / size, i % size)
          target[i] = input.elements[element] + deviation * random.normal(sample * size + element)
        }
      }
    }
  }
}

/// One layer of one image (or the input), for all scores.
struct EvidencePlace {
  /// nil for the input.
  let site: LayerSite?
  /// N C H W.
  let activations: Tensor
  let head: Head?
  let network: NetworkRunner
  /// Of the input's place, where a method needs it.
  var attention: AttentionProbe?
  let memory = LayerMemory()

  /// The layer's path; empty for the input.
  var layer: String { site?.path ?? "" }
}

/// What methods have found out about a layer that holds for every score.
final class LayerMemory {
  var rows: [String: OutputRows] = [:]
  /// By method, how many samples are behind its rows.
  var samples: [String: Int] = [:]
  /// By output, its map: see `PooledHead`.
  var classMaps: OutputRows?
}
