public import ModelFormats

/// Measures maps: one forward pass for all methods, layers and classes of an image, and what each metric needs beside.
///
/// An evaluator belongs to one thread at a time; evaluators share their model.
public final class Evaluator {
  /// What is measured.
  public let options: Options
  private let explainer: Explainer
  private let randomized: RandomizedModels

  /// - Parameters:
  ///   - options: metrics that need to know where a class is are left out of images without truth.
  ///   - threads: cores for one image.
  /// - Throws: see `Explainer.Setup`.
  public convenience init(_ model: Model, _ options: Options = Options(), threads: Int = 1) throws(InputError) {
    self.init(try Self.setup(model, options), options, threads: threads)
  }

  /// - Parameters:
  ///   - setup: what `setup(_:_:)` made of the options.
  ///   - randomized: the model with other weights, which evaluators of one setup share; nil for one's own.
  public init(
    _ setup: Explainer.Setup, _ options: Options, randomized: RandomizedModels? = nil, threads: Int = 1
  ) {
    (explainer, self.options) = (Explainer(setup, threads: threads), options)
    self.randomized = randomized ?? RandomizedModels(setup, seed: options.settings.seed)
  }

  /// Methods and baselines of some options, resolved and checked once.
  ///
  /// - Throws: see `Explainer.Setup`.
  public static func setup(_ model: Model, _ options: Options) throws(InputError) -> Explainer.Setup {
    var maps = options.maps
    maps.methods += options.baselines
    maps.keepsGradients = false
    return try Explainer.Setup(model, maps)
  }

  /// Called by methods that run the network many times: see `Explainer.progress`.
  public var progress: ((_ method: String, _ done: Int, _ total: Int) -> Void)? {
    get { explainer.progress }
    set { explainer.progress = newValue }
  }

  /// Measures the maps of one image.
  ///
  /// - Parameter truth: where its classes are; where it names some, these are explained in the place of the options' targets.
  /// - Throws: as `Explainer.explain` does.
  public func evaluate(_ decoded: DecodedImage, truth: ImageTruth? = nil) throws -> ImageEvaluation {
    let (prepared, shown) = try explainer.setup.preprocessor.applyAndShow(decoded)
    return try evaluate(prepared, of: shown, truth: truth)
  }

  /// Measures the maps of an image that is prepared already.
  public func evaluate(
    _ prepared: PreprocessedImage, of image: Image, truth: ImageTruth? = nil
  ) throws -> ImageEvaluation {
    let classes = truth?.classIndices ?? []
    let explanation = try explainer.explain(prepared, of: image, classes: classes.isEmpty ? nil : classes)
    let network = explainer.runner(for: prepared.tensor)
    let black = explainer.setup.preprocessor.black
    var runners: [Int: SubjectRunner] = [:]
    var evaluations: [MapEvaluation] = []
    let maps = ImageMaps(explanation.maps, of: prepared.tensor, explainer, randomized, options)
    for (place, map) in explanation.maps.enumerated() {
      let index = map.target.index
      let runner =
        runners[index]
        ?? SubjectRunner(network, explainer.setup.model, map.target, options.maps.settings, black: black)
      runners[index] = runner
      let region = truth?.region(
        of: index, geometry: prepared.geometry, height: prepared.tensor.shape.h, width: prepared.tensor.shape.w)
      let subject = MetricSubject(maps, at: place, runner, truth: region, settings: options.settings) {
        [explainer] input in
        try explainer.map(of: input, like: map)
      }
      // A ReLU makes zeros of what is no number.
      let isFinite = map.raw.values.allSatisfy(\.isFinite) && subject.isFinite
      let findings = try measure(subject, isFinite: isFinite)
      evaluations.append(MapEvaluation(map: map, findings: findings, truthShare: region?.share))
    }
    return ImageEvaluation(explanation: explanation, maps: evaluations)
  }

  private func measure(_ subject: MetricSubject, isFinite: Bool) throws -> [String: MetricFinding] {
    var findings: [String: MetricFinding] = [:]
    for metric in options.metrics where subject.truth != nil || !metric.needs.contains(.truth) {
      // What is no number is counted, and measured by nothing.
      findings[metric.name] = isFinite ? try metric.measure(subject) : .undefined
    }
    return findings
  }
}

/// What was measured of one image.
public struct ImageEvaluation: Sendable {
  /// What the model says of the image, and its maps.
  public let explanation: Explanation
  /// By target, then by layer, then by method; baselines behind the methods at the input.
  public let maps: [MapEvaluation]
}

/// What was measured of one map.
public struct MapEvaluation: Sendable {
  /// The map.
  public let map: ExplanationMap
  /// By metric.
  public let findings: [String: MetricFinding]
  /// The share of what the network sees that belongs to the class; nil where nobody says.
  public let truthShare: Double?

  /// By metric what tables take means of, NaN where it is not defined. Of the best of several means each has its own, as `iou-best@0.05`.
  public var values: [String: Double] {
    var values = findings.mapValues(\.value)
    for (metric, finding) in findings {
      for (name, value) in finding.candidates { values["\(metric)@\(name)"] = value }
    }
    return values
  }
}
