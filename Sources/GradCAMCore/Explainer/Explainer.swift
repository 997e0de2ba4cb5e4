public import ModelFormats

/// Explains images with a model: one forward pass for the prediction and the layers' activations, one backward pass for each class,
/// from its score to the first of the layers and no further, and what else the methods need.
///
/// Everything is seen through hooks, which are registered for one image and removed after it. An explainer belongs to one
/// thread at a time; explainers share their model.
public final class Explainer {
  /// What is explained of which model, and how.
  public let setup: Setup
  /// Called with a line for each hook that fires: its module, and the shape of what it saw.
  public var trace: ((String) -> Void)?
  /// Called by methods that run the network many times: the method's name, passes or samples done, and of how many.
  public var progress: ((_ method: String, _ done: Int, _ total: Int) -> Void)?

  private let session: Session
  private let pooledHeads = PooledHeads()

  /// - Parameter threads: cores for one image.
  public init(_ setup: Setup, threads: Int = 1) {
    self.setup = setup
    session = Session(setup.model.graph, threads: threads, engine: setup.options.engine, vectors: setup.options.vectors)
  }

  /// An explainer with a setup of its own.
  ///
  /// - Throws: see `Setup`.
  public convenience init(_ model: Model, _ options: Options = Options(), threads: Int = 1) throws(InputError) {
    self.init(try Setup(model, options), threads: threads)
  }

  /// An explainer that shares the threads and the scratch memory of another, and belongs to the same thread.
  init(_ setup: Setup, beside other: Explainer) {
    self.setup = setup
    session = Session(beside: other.session, setup.model.graph)
  }

  /// What the threads of explainers share.
  var threads: Workers { session.context.threads }

  private var model: Model { setup.model }
  private var options: Options { setup.options }

  /// Explains one image of 8 bits; parameters and errors are those of `prepare`.
  public func explain(_ image: Image, reducedBy reduction: ImageReduction? = nil) throws -> Explanation {
    try explain(DecodedImage(image, reducedBy: reduction))
  }

  /// Explains one image as a file holds it, with all bits of its samples; errors are those of `prepare`.
  public func explain(_ decoded: DecodedImage) throws -> Explanation {
    let (prepared, shown) = try setup.preprocessor.applyAndShow(decoded)
    var explanation = try explain(prepared, of: shown)
    explanation.isDamaged = decoded.isDamaged
    return explanation
  }

  /// An image as the model takes it, with all bits of its samples.
  ///
  /// - Throws: `InputError` without a subject where the image's shape does not fit the model.
  public func prepare(_ decoded: DecodedImage) throws(InputError) -> PreprocessedImage {
    try setup.preprocessor.apply(to: decoded)
  }

  /// An image of 8 bits as the model takes it.
  ///
  /// - Parameters:
  ///   - image: turned upright.
  ///   - reduction: how `image` comes from the whole picture, where it is less than that.
  /// - Throws: `InputError` without a subject where the image's shape does not fit the model.
  public func prepare(
    _ image: Image, reducedBy reduction: ImageReduction? = nil
  ) throws(InputError) -> PreprocessedImage { try setup.preprocessor.apply(to: image, reducedBy: reduction) }

  /// What the model says of a prepared image, and nothing else: one forward pass, without hooks.
  public func predict(_ prepared: PreprocessedImage) throws -> Prediction {
    let prediction = Prediction(try session.forward(prepared.tensor), of: model)
    try model.requireIntact()
    return prediction
  }

  /// What each step of a forward pass over a prepared image takes, at best of `runs`.
  public func profile(_ prepared: PreprocessedImage, runs: Int) throws -> [StepTiming] {
    try session.profile(prepared.tensor, runs: runs)
  }

  /// Explains an image that is prepared already, for callers that prepare and explain at different times.
  ///
  /// - Parameters:
  ///   - image: the one that `prepared` was made of.
  ///   - classes: what to explain in the place of the options' targets, by index.
  /// - Throws: `InputError` where the model's file changed since it was loaded (`Model.requireIntact`), or its weights are damaged.
  public func explain(
    _ prepared: PreprocessedImage, of image: Image, classes: [Int]? = nil
  ) throws -> Explanation {
    let (result, drafts) = try examined(prepared.tensor, classes)
    var explanation = Explanation(
      image: image, prepared: prepared, output: result.output, prediction: result.prediction)
    let question = ExplanationMap.Question(
      mode: options.mode, against: options.against?.resolve(result.prediction, labels: model.labels).first)
    explanation.maps = drafts.map { draft in
      ExplanationMap(draft, layer: layerName(draft), options.scale(of: draft.method), question)
    }
    // Weights that changed while they were read made numbers of no model.
    try model.requireIntact()
    return explanation
  }

  private func examined(_ input: Tensor, _ classes: [Int]?) throws -> (Examination.Result, drafts: [MapDraft]) {
    let result = try examination(of: input).run(classes: classes)
    let drafts = joined(result.drafts, input: input.shape)
    guard options.smoothsByAugmentation else { return (result, drafts) }
    return (result, try smoothed(drafts, input, result.targets))
  }

  /// The maps of another input, 1 C H W, of some classes, each once, in the order in which `explain` has them, unscaled: nil for one that
  /// holds other than finite numbers.
  func maps(of input: Tensor, classes: [Int]) throws -> [Heatmap?] {
    try examined(input, classes).drafts.map { draft in
      // A ReLU makes zeros of what is no number.
      let isFinite = (draft.finding.map.values + draft.cam.values).allSatisfy(\.isFinite)
      return isFinite ? draft.cam : nil
    }
  }

  /// The map that a method makes of another input, 1 C H W, for the class and at the layer of a map of this explainer's, unscaled.
  func map(of input: Tensor, like map: ExplanationMap) throws -> Heatmap {
    var examination = try examination(of: input)
    examination.options.methods = [map.method]
    examination.layers.removeAll { model.graph.canonicalPath($0.path) != map.layer }
    return try examination.run(targets: [map.target]).drafts[0].cam
  }

  /// The network, to be run on changed forms of an input, 1 C H W.
  func runner(for input: Tensor) -> NetworkRunner {
    NetworkRunner(
      beside: session, input: input, usesShortcuts: options.settings.usesShortcuts, library: options.settings.compat)
  }

  private func examination(of tensor: Tensor) throws(InputError) -> Examination {
    Examination(
      session: session, model: model, options: options, layers: try setup.sites(for: tensor.shape), input: tensor,
      attentions: try setup.attentions(for: tensor.shape), trace: trace, progress: progress,
      pooledHeads: pooledHeads)
  }

  /// How records spell what a map was made at: several layers with a plus sign between them.
  private func layerName(_ draft: MapDraft) -> String {
    if draft.layers.isEmpty { return draft.method.needs.contains(.attention) ? "attention" : "input" }
    return draft.layers.map(model.graph.canonicalPath).joined(separator: "+")
  }

  /// The drafts of several layers joined, and, for pytorch-grad-cam's pictures, all of them scaled as it scales them.
  private func joined(_ drafts: [MapDraft], input: Shape) -> [MapDraft] {
    let drafts = fused(drafts, input: input)
    guard options.settings.compat == .pytorchGradCAM, options.normalization == nil,
      options.scale == nil
    else { return drafts }
    return drafts.map { $0.scaledAsPytorchGradCAM(input: input) }
  }

  /// Joins the drafts of several layers where that is asked for, by target and method.
  private func fused(_ drafts: [MapDraft], input: Shape) -> [MapDraft] {
    var result: [MapDraft] = []
    var taken = Set<Int>()
    for (index, draft) in drafts.enumerated() where !taken.contains(index) {
      guard let fusion = draft.method.fusion ?? options.fusion, setup.layers.count > 1, !draft.layers.isEmpty else {
        result.append(draft)
        continue
      }
      let parts = drafts.indices.filter {
        // By its index alone: a target with a NaN is not equal to itself.
        drafts[$0].target.index == draft.target.index && drafts[$0].methodIndex == draft.methodIndex
      }
      taken.formUnion(parts)
      let scale = options.scale(of: draft.method).ofParts
      result.append(.fused(parts.map { drafts[$0] }, fusion, scale, input: input))
    }
    return result
  }

  /// The drafts' means with those of five other versions of the image.
  private func smoothed(
    _ drafts: [MapDraft], _ tensor: Tensor, _ targets: [Prediction.Entry]
  ) throws -> [MapDraft] {
    var versions = [drafts]
    for isMirrored in [false, true] {
      for factor: Float in [0.9, 1, 1.1] where isMirrored || factor != 1 {
        let version = tensor.mirrored(isMirrored, times: factor)
        let result = try examination(of: version).run(targets: targets)
        let drafts = joined(result.drafts, input: tensor.shape)
        versions.append(isMirrored ? drafts.map { $0.mirrored() } : drafts)
      }
    }
    return drafts.indices.map { index in
      .averaged(versions.map { $0[index] }, options.scale(of: drafts[index].method))
    }
  }
}
