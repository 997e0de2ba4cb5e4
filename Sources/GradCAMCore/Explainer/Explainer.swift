public import ModelFormats

/// Explains images with a model: one forward pass for the prediction and the layers' activations, and one backward pass for each
/// class, from its score to the first of the layers and no further.
///
/// Everything is seen through hooks, which are registered for one image and removed after it. An explainer belongs to one
/// thread at a time; explainers share their model.
public final class Explainer {
  /// What to explain, and how.
  public struct Options: Sendable {
    public var methods: [any CAMMethod] = [GradCAM()]
    /// Module paths; empty for the model's own layer.
    public var layers: [String] = []
    public var targets: [Target] = [.top]
    public var score = Session.ScorePoint.logit
    public var normalization = Normalization.max

    public init() {}
  }

  public let model: Model
  public let options: Options
  /// Called with a line for each hook that fires: its module, and the shape of what it saw.
  public var trace: ((String) -> Void)?

  /// What is done to images first.
  public let preprocessor: Preprocessor

  private let session: Session
  private let layers: [String]

  /// - Parameters:
  ///   - threads: cores for one image.
  ///   - engine: which convolution algorithms may be used.
  /// - Throws: `InputError` about `--layer`, `--target` or `--preprocess`: whatever can be wrong before an image is there.
  public init(
    _ model: Model, _ options: Options = Options(), threads: Int = 1, engine: Engine = .auto
  ) throws(InputError) {
    (self.model, self.options) = (model, options)
    preprocessor = try model.preprocessor()
    session = Session(model.graph, threads: threads, engine: engine)
    var layers: [String] = []
    for path in options.layers.isEmpty ? [model.defaultLayer] : options.layers {
      layers.append(try model.graph.resolveOption(path))
    }
    self.layers = layers
    for path in layers { do { try model.checkExtent(of: path) } catch { throw error.about("--layer") } }
    for target in options.targets { try target.check(labels: model.labels, outputCount: model.outputCount) }
  }

  /// How records spell the layers that are explained.
  public var layerNames: [String] { layers.map(model.graph.canonicalPath) }

  /// Explains one image.
  ///
  /// - Parameters:
  ///   - image: turned upright.
  ///   - reduction: how `image` comes from the whole picture, where it is less than that.
  /// - Throws: `InputError` without a subject where the image's shape does not fit the model.
  public func explain(_ image: Image, reducedBy reduction: ImageReduction? = nil) throws -> Explanation {
    try explain(try prepare(image, reducedBy: reduction), of: image)
  }

  /// An image as the model takes it.
  ///
  /// - Parameters:
  ///   - image: turned upright.
  ///   - reduction: how `image` comes from the whole picture, where it is less than that.
  /// - Throws: `InputError` without a subject where the image's shape does not fit the model.
  public func prepare(
    _ image: Image, reducedBy reduction: ImageReduction? = nil
  ) throws(InputError) -> PreprocessedImage { try preprocessor.apply(to: image, reducedBy: reduction) }

  /// What the model says of a prepared image, and nothing else: one forward pass, without hooks.
  public func predict(_ prepared: PreprocessedImage) throws -> Prediction {
    let outputs = try session.forward(prepared.tensor)
    let logits = (outputs.logits ?? outputs.output).logical()
    return Prediction(logits: logits, labels: model.labels, activation: model.activation)
  }

  /// What each step of a forward pass over a prepared image takes, at best of `runs`.
  public func profile(_ prepared: PreprocessedImage, runs: Int) throws -> [StepReport] {
    try session.profile(prepared.tensor, runs: runs)
  }

  /// Explains an image that is prepared already, for callers that prepare and explain at different times.
  ///
  /// - Parameter image: the one that `prepared` was made of.
  public func explain(_ prepared: PreprocessedImage, of image: Image) throws -> Explanation {
    try session.withHooks {
      let probes = try layers.map { try LayerProbe(session, $0, trace: trace) }
      let outputs = try session.forward(prepared.tensor)
      let logits = (outputs.logits ?? outputs.output).logical()
      let prediction = Prediction(logits: logits, labels: model.labels, activation: model.activation)
      var explanation = Explanation(image: image, prepared: prepared, output: outputs.output, prediction: prediction)
      for entry in targets(prediction) {
        let score = ScoreGradient(entry, prediction, outputs, at: options.score)
        probes.forEach { $0.gradients = nil }
        try session.backward(score.gradient, at: options.score)
        for probe in probes {
          let evidence = try probe.evidence()
          explanation.maps += options.methods.map { method in
            let map = method.map(evidence)
            let verdict = Verdict.of(
              evidence, map: map, isSaturated: model.activation != .none && score.isSaturated)
            return ExplanationMap(
              method: method, layer: model.graph.canonicalPath(probe.path), target: entry, score: score.value,
              evidence: evidence, raw: map, verdict: verdict, normalization: options.normalization)
          }
        }
      }
      return explanation
    }
  }

  /// The classes to explain, each once.
  private func targets(_ prediction: Prediction) -> [Prediction.Entry] {
    var entries: [Prediction.Entry] = []
    for target in options.targets {
      for entry in target.resolve(prediction, labels: model.labels) where !entries.contains(entry) {
        entries.append(entry)
      }
    }
    return entries
  }

}

extension Model {
  /// The number of outputs: 1 for a network that gives one probability.
  public var outputCount: Int {
    guard let shapes = try? graph.shapes(for: inputShape), let output = shapes[graph.output] else { return 0 }
    return classCount(output) ?? 0
  }
}

/// The two hooks on one layer, and what they saw last.
private final class LayerProbe {
  let path: String
  var activations: Tensor?
  var gradients: Tensor?

  init(_ session: Session, _ path: String, trace: ((String) -> Void)?) throws(InputError) {
    self.path = path
    _ = try session.registerForwardHook(path) { [unowned self] module, _, output in
      trace?("forward hook on \(module.path) (\(module.kind)): activations \(output.shape)")
      activations = output
      return nil
    }
    _ = try session.registerFullBackwardHook(path) { [unowned self] module, _, gradOutputs in
      trace?("backward hook on \(module.path) (\(module.kind)): gradients \(gradOutputs[0].shape)")
      // Of several calls the backward pass meets the last one first, which is the one whose activations are kept.
      if gradients == nil { gradients = gradOutputs[0] }
      return nil
    }
  }

  /// What the hooks saw; a score that does not depend on the layer has a gradient of zeros there.
  func evidence() throws(InputError) -> LayerEvidence {
    guard let activations else { throw InputError("--layer", "\(path) did not run") }
    guard activations.shape.isFeatureMap, activations.shape.h * activations.shape.w > 1 else {
      throw InputError("--layer", "\(path) has no spatial extent (its output is \(activations.shape))")
    }
    return LayerEvidence(
      activations: activations, gradients: gradients ?? Tensor(repeating: 0, activations.shape))
  }
}

/// A class's score, and its gradient with respect to the value that it is read from.
private struct ScoreGradient {
  let value: Float
  let gradient: Tensor
  /// Whether the value is exactly 0 or 1, the bounds of a sigmoid and a softmax.
  let isSaturated: Bool

  init(_ entry: Prediction.Entry, _ prediction: Prediction, _ outputs: Outputs, at point: Session.ScorePoint) {
    let tensor = point == .output ? outputs.output : outputs.logits ?? outputs.output
    // A network with one output speaks for its positive class; the negative one's score is minus that.
    let isNegative = prediction.outputCount == 1 && entry.index == 0
    let element = prediction.outputCount == 1 ? 0 : entry.index
    let sign: Float = isNegative ? -1 : 1
    let number = tensor.logical()[element]
    value = sign * number
    isSaturated = point == .output && (number == 0 || number == 1)
    gradient = Tensor((0..<tensor.count).map { $0 == element ? sign : 0 }, tensor.shape)
  }
}
