/// One image under examination: a forward pass with hooks on all layers, and a backward pass for each score that some method explains.
struct Examination {
  let session: Session
  let model: Model
  var options: Explainer.Options
  var layers: [(path: String, view: GridView)]
  let input: Tensor
  /// Those of the model, where a method needs them.
  let attentions: Attentions?
  var trace: ((String) -> Void)?
  var progress: ((String, Int, Int) -> Void)?
  let pooledHeads: PooledHeads

  /// What came of it.
  struct Result {
    let output: Tensor
    let prediction: Prediction
    let targets: [Prediction.Entry]
    let drafts: [MapDraft]
  }

  private var settings: MethodSettings { options.settings }
  private var layerMethods: [any CAMMethod] { options.methods.filter { !$0.isAtInput } }
  private var inputMethods: [any CAMMethod] { options.methods.filter(\.isAtInput) }

  /// - Parameters:
  ///   - fixed: the classes to explain; nil to take what the options say of this prediction.
  ///   - classes: the same by index.
  func run(targets fixed: [Prediction.Entry]? = nil, classes: [Int]? = nil) throws -> Result {
    try session.withHooks {
      let wantsLayers = layerMethods.contains { $0.needs.contains(.gradients) }
      let wantsInput = inputMethods.contains { $0.needs.contains(.gradients) }
      let probes = try layers.map {
        try LayerProbe(session, $0.path, capturesGradient: wantsLayers, as: settings.compat, trace: trace)
      }
      let inputProbe = InputProbe(session, isWanted: wantsInput, trace: trace)
      let attention = try attentions.map {
        try AttentionProbe(session, $0, AttentionProbe.Wants(options), trace: trace)
      }
      let outputs = try session.forward(input)
      attention?.outputs = outputs
      let prediction = Prediction(outputs, of: model)
      let named = fixed ?? classes?.map { prediction.classes[$0] }
      let targets = try named ?? options.resolveTargets(prediction, labels: model.labels)
      let network = NetworkRunner(
        beside: session, input: input, usesShortcuts: settings.usesShortcuts, library: settings.compat)
      var places = try places(probes, network, hasSeveralTargets: targets.count > 1)
      places.input.attention = attention
      let passes = BackwardPasses(
        session: session, probes: probes, sites: places.layers.compactMap(\.site), input: inputProbe,
        heads: places.heads, outputs: outputs,
        isWanted: wantsLayers || wantsInput, wantsInput: wantsInput)
      let kept = try keptPasses(places.layers.compactMap(\.site))
      var drafts: [MapDraft] = []
      for target in targets {
        drafts += try examine(target, prediction, outputs, places.layers, places.input, passes, kept)
      }
      return Result(output: outputs.output, prediction: prediction, targets: targets, drafts: drafts)
    }
  }

  /// Backward passes for gradients that are kept and that no method needs; nil where there are none.
  ///
  /// They have a forward pass of their own: hooks decide which steps are joined, and so about last bits, and maps are the same
  /// whether gradients are kept or not.
  private func keptPasses(_ sites: [LayerSite]) throws -> BackwardPasses? {
    let wanting = options.methodsWithKeptGradients
    guard !wanting.isEmpty else { return nil }
    let own = Session(beside: session)
    let probes = try layers.map { try LayerProbe(own, $0.path, capturesGradient: true, as: settings.compat) }
    let wantsInput = wanting.contains(where: \.isAtInput)
    let input = InputProbe(own, isWanted: wantsInput, trace: nil)
    return BackwardPasses(
      session: own, probes: probes, sites: sites, input: input, heads: sites.map { _ in nil },
      outputs: try own.forward(self.input), isWanted: true, wantsInput: wantsInput)
  }

  private func places(
    _ probes: [LayerProbe], _ network: NetworkRunner, hasSeveralTargets: Bool
  ) throws -> (layers: [EvidencePlace], input: EvidencePlace, heads: [PooledHead?]) {
    var (places, heads): ([EvidencePlace], [PooledHead?]) = ([], [])
    // Only closed forms look at what follows a layer.
    let looksAhead = hasSeveralTargets || layerMethods.contains { $0.looksAhead }
    let shapes = looksAhead ? try model.graph.shapes(for: input.shape) : [:]
    for (probe, layer) in zip(probes, layers) {
      let site = LayerSite(path: layer.path, view: layer.view, own: try probe.captured())
      let activations = site.turned(site.own, session.context)
      let head = !looksAhead ? nil : Head(model.graph, behind: probe.path, shapes: shapes, at: options.score)
      let place = EvidencePlace(site: site, activations: activations, head: head, network: network)
      var pooled: PooledHead?
      if hasSeveralTargets, settings.usesShortcuts, site.view.isPlain, head?.isPooled ?? false {
        pooled = try pooledHeads.head(
          network, site: site, shape: activations.shape, at: options.score, settings)
        place.memory.classMaps = pooled?.classMaps(activations)
      }
      places.append(place)
      heads.append(pooled)
    }
    return (places, EvidencePlace(site: nil, activations: input, head: nil, network: network), heads)
  }

  private func examine(
    _ target: Prediction.Entry, _ prediction: Prediction, _ outputs: Outputs, _ layers: [EvidencePlace],
    _ input: EvidencePlace, _ passes: BackwardPasses, _ kept: BackwardPasses?
  ) throws -> [MapDraft] {
    let rows = OutputRows(outputs[options.score], images: 1)
    let base = try options.score(of: target, prediction, labels: model.labels)
    var drafts: [MapDraft] = []
    func draft(
      _ method: any CAMMethod, at order: Int, _ place: EvidencePlace,
      _ gradient: (BackwardPasses.Gradients) -> SeenGradient?
    ) throws {
      let start = millisecondsNow()
      let index = prediction.outputCount == 1 ? 0 : target.index
      let question = ScoreQuestion(score: base, index: index, outputs: rows.values, settings: settings)
      let score = method.score(question)
      let gradients = method.needs.contains(.gradients) ? gradient(try passes.gradients(of: score)) : nil
      let evidence = Evidence(
        place, gradients: gradients?.turned ?? Tensor(repeating: 0, place.activations.shape), score: score,
        outputs: rows, settings: settings, ending: model.graph.ending, activation: prediction.activation.kind,
        progress: progress)
      var draft = try MapDraft(method, at: order, evidence, target, since: start)
      if options.keepsGradients, !method.needs.contains(.attention) {
        let seen = try gradients ?? kept.flatMap { gradient(try $0.gradients(of: score)) }
        draft.evidence.gradients = seen?.own ?? evidence.gradients
      }
      drafts.append(draft)
    }
    for (index, place) in layers.enumerated() {
      for (order, method) in options.methods.enumerated() where !method.isAtInput && options.makes(method) {
        try draft(method, at: order, place) { $0.layers[index] }
      }
    }
    for (order, method) in options.methods.enumerated() where method.isAtInput && options.makes(method) {
      try draft(method, at: order, input) { $0.input }
    }
    return drafts
  }
}

/// A gradient as hooks saw it, and as N C H W.
private struct SeenGradient {
  let own: Tensor
  let turned: Tensor
}

/// The backward passes behind one forward pass: one a score, which all methods and layers share.
private final class BackwardPasses {
  typealias Gradients = (layers: [SeenGradient?], input: SeenGradient?)

  private let session: Session
  private let probes: [LayerProbe]
  private let sites: [LayerSite]
  private let input: InputProbe
  private let heads: [PooledHead?]
  private let outputs: Outputs
  private let needsPass: Bool
  /// How far the passes go, whatever hooks wait further up for those of other methods; nil for the input.
  private let calls: Set<Int>?
  /// Of the last score alone: methods follow each other by score.
  private var known: [Score: Gradients] = [:]

  init(
    session: Session, probes: [LayerProbe], sites: [LayerSite], input: InputProbe, heads: [PooledHead?],
    outputs: Outputs, isWanted: Bool, wantsInput: Bool
  ) {
    self.sites = sites
    (self.session, self.probes, self.input, self.heads, self.outputs) = (session, probes, input, heads, outputs)
    calls = wantsInput ? nil : Set(probes.compactMap(\.gradientCall))
    needsPass = isWanted && (wantsInput || heads.contains { $0 == nil })
  }

  func gradients(of score: Score) throws -> Gradients {
    if let gradients = known[score] { return gradients }
    probes.forEach { $0.gradients = nil }
    input.gradients = nil
    if needsPass { try session.backward(score, outputs, reaching: calls) }
    let layers = zip(zip(probes, sites), heads).map { probed, head in
      let (probe, site) = probed
      let seen = head?.gradients(of: score, shape: site.view.shape) ?? probe.gradients
      return seen.map { SeenGradient(own: $0, turned: site.turned($0, session.context)) }
    }
    // A target's own score and those that methods make of it; those of the targets before are done with.
    if known.count >= 4 { known.removeAll() }
    let gradients = (layers, input.gradients.map { SeenGradient(own: $0, turned: $0) })
    known[score] = gradients
    return gradients
  }
}

/// The hook on the input, and the gradient it saw last.
private final class InputProbe {
  var gradients: Tensor?

  init(_ session: Session, isWanted: Bool, trace: ((String) -> Void)?) {
    guard isWanted else { return }
    _ = session.registerSourceHook { [unowned self] gradient in
      trace?("backward hook on the input: gradients \(gradient.shape)")
      gradients = gradient
    }
  }
}

/// The pooled linear heads of a model, read off it once.
final class PooledHeads {
  private var heads: [String: PooledHead] = [:]

  func head(
    _ network: NetworkRunner, site: LayerSite, shape: Shape, at point: Session.ScorePoint, _ settings: MethodSettings
  ) throws -> PooledHead {
    if let known = heads[site.path] { return known }
    let head = try PooledHead(network, site: site, shape: shape, at: point, settings)
    heads[site.path] = head
    return head
  }
}

extension AttentionProbe.Wants {
  /// What the methods of some options want.
  init(_ options: Explainer.Options) {
    self.init()
    for needs in options.methods.map(\.needs) where needs.contains(.attention) {
      gradients = gradients || needs.contains(.backwardPasses)
      blocks = blocks || needs.contains(.forwardPasses)
    }
    fusion = options.settings.headFusion ?? .mean
  }
}
