public import ModelFormats

/// What explaining images takes beside the images themselves.
public struct ExplainingMemory: Sendable, Hashable {
  /// Once, for all explainers of a model: weights in the engine's orders.
  public var model = MemoryNeed()
  /// Once an explainer.
  public var explainer = MemoryNeed()
  /// While an image is under way: values, gradients and maps, at their most.
  public var image = MemoryNeed()

  /// Nothing.
  public init() {}

  init(model: MemoryNeed, explainer: MemoryNeed, image: MemoryNeed) {
    (self.model, self.explainer, self.image) = (model, explainer, image)
  }

  /// What both take, one after the other for each image, where nothing is given back in between.
  public static func + (one: ExplainingMemory, other: ExplainingMemory) -> ExplainingMemory {
    ExplainingMemory(
      model: one.model + other.model, explainer: one.explainer + other.explainer, image: one.image + other.image)
  }

  /// What the first image takes.
  public var all: MemoryNeed { model + explainer + image }
}

extension Explainer.Setup {
  /// What explaining images of the model's own size takes.
  ///
  /// - Throws: `InputError` where the network cannot be planned.
  public func memory() throws(InputError) -> ExplainingMemory {
    let methods = options.methods
    let session = Session(model.graph, engine: options.engine)
    try register(session, methods.filter { $0.needs.contains(.gradients) })
    if let attentions = try attentions(for: model.inputShape) {
      _ = try AttentionProbe(session, attentions, AttentionProbe.Wants(options))
    }
    let (main, kept) = (try session.memory(for: model.inputShape), try keptPasses())
    let others = try repeatedPasses()
    let passing = [main.values, kept.arena, kept.values, others.arena, others.values].reduce(0, saturatingSum)
    return ExplainingMemory(
      model: Self.need(max(main.weights, kept.weights, others.weights)), explainer: Self.need(main.arena),
      image: Self.need(saturatingSum(passing, try maps())))
  }

  /// Registers hooks on all layers, and for gradients where `methods` are asked.
  private func register(_ session: Session, _ methods: [any CAMMethod]) throws(InputError) {
    let wantsLayers = methods.contains { !$0.isAtInput }
    for layer in views.isEmpty ? [] : layers {
      _ = try LayerProbe(session, layer, capturesGradient: wantsLayers, as: options.settings.compat)
    }
    if methods.contains(where: \.isAtInput) { _ = session.registerSourceHook { _ in } }
  }

  /// The passes for gradients that are kept and that no method needs.
  private func keptPasses() throws(InputError) -> PassMemory {
    let wanting = options.methodsWithKeptGradients
    guard !wanting.isEmpty else { return PassMemory() }
    let session = Session(model.graph, engine: options.engine)
    try register(session, wanting)
    return try session.memory(for: model.inputShape)
  }

  /// No less than `memory`, for much less work: as if nothing were given back.
  ///
  /// - Throws: `InputError` where shapes do not fit.
  public func mostMemory() throws(InputError) -> ExplainingMemory {
    let shapes = try model.graph.shapes(for: model.inputShape)
    let values = shapes.values.reduce(0) { saturatingSum($0, $1.count) }
    let float = MemoryLayout<Float>.stride
    // A value, its gradient, and a sum of gradients; weights in two orders of up to four times their size.
    let passes = saturatingProduct(values, 3 * (1 + batch) * float)
    return ExplainingMemory(
      model: Self.need(saturatingProduct(model.parameterCount, 8 * float)), explainer: Self.need(0),
      image: Self.need(saturatingSum(passes, try maps())))
  }

  /// How many maps are made of an image.
  public var mapCount: Int {
    saturatingProduct(classCount, options.methods.reduce(0) { $0 + ($1.isAtInput ? 1 : max(layers.count, 1)) })
  }

  /// A need with a margin, for scratch memory of single operations and what estimates do not know of.
  private static func need(_ bytes: Int) -> MemoryNeed {
    MemoryNeed(filled: saturatingSum(bytes, bytes / 10 + 4 << 20))
  }

  /// The passes that methods run beside the one that all share.
  private func repeatedPasses() throws(InputError) -> PassMemory {
    guard batch > 0 else { return PassMemory() }
    let session = Session(model.graph, engine: options.engine)
    if options.methods.contains(where: { $0.needs.contains(.backwardPasses) }) {
      _ = session.registerSourceHook { _ in }
    }
    // Not every network takes a batch; what does not runs one image after the other.
    let shape = model.inputShape
    if let memory = try? session.memory(for: shape.withImages(batch)) { return memory }
    return try session.memory(for: shape)
  }

  /// How many images such a pass may be of; 0 where no method runs one.
  private var batch: Int {
    guard options.methods.contains(where: \.looksAhead) else { return 0 }
    return options.settings.batch(of: model.inputShape.count, limit: 16)
  }

  /// How many classes are explained of an image.
  private var classCount: Int {
    let counts = options.targets.map { target in
      switch target {
      case .all: max(model.outputCount, 1)
      case .best(let count): min(count, max(model.outputCount, 2))
      case .top, .index, .label: 1
      }
    }
    return max(counts.reduce(0, saturatingSum), 1)
  }

  /// Bytes of the layers' evidence as N C H W, and of the maps that are made of it.
  private func maps() throws(InputError) -> Int {
    let shapes = try model.graph.shapes(for: model.inputShape)
    let (atInput, atLayers) = (options.methods.count(where: \.isAtInput), options.methods.count { !$0.isAtInput })
    // A map's sum, its positive part, the scaled map, and one more on the way.
    let mapBytes = saturatingProduct(classCount, 4 * MemoryLayout<Float>.stride)
    var bytes = 0
    func add(_ count: Int, _ size: Int) { bytes = saturatingSum(bytes, saturatingProduct(count, size)) }
    for path in views.isEmpty ? [] : layers {
      guard let shape = model.graph.lastCall(path).flatMap({ shapes[$0.output] }) else { continue }
      add(shape.isFeatureMap ? shape.h * shape.w : shape.count, saturatingProduct(mapBytes, atLayers))
      add(shape.count, 2 * MemoryLayout<Float>.stride)
    }
    if atInput > 0 {
      add(model.input.height * model.input.width, saturatingProduct(mapBytes, atInput))
      add(model.inputShape.count, 4 * MemoryLayout<Double>.stride)
    }
    return bytes
  }
}
