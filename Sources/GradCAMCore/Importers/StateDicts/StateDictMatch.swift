import ModelFormats

/// What of a file is the network: its architecture, its head, and the tensors that take part.
struct StateDictMatch {
  let architecture: any Architecture
  /// The head, where it is another than the architecture's own.
  let head: HeadPlan?
  /// The tensors that take part, by the names that the network asks for, in the file's order.
  let tensors: [TensorRecord]
  /// What a user should know.
  private(set) var notes: [Message] = []
  /// What may make results worthless.
  private(set) var warnings: [Message] = []
  /// What is said of an image's normalisation that the network does itself; nil where the file holds none.
  private(set) var normalization: Message?
  /// What was assumed of the head.
  private(set) var assumption: Message?
  private let choices: [String: String]

  /// The architecture and all that it takes to build the network again from the tensors.
  var spec: ArchitectureSpec {
    var spec = architecture.spec
    spec.choices = choices
    return spec
  }

  /// What a user says of a state dict.
  struct Wishes {
    /// What the user or the model file says of the architecture; nil to recognise it.
    var spec: ArchitectureSpec?
    /// What somebody else calls the architecture, which holds where the weights fit it.
    var hint: String?
    /// The network to take, where the file holds several: what its names begin with.
    var state: String?
    /// Keys of the dictionaries in the file that may be networks.
    var keys: [String] = []
    /// The head to take, where several fit.
    var head: String?
    /// What computes with the weights in the file, where that is a program.
    var program: String?
  }

  /// - Throws: `InputError` without a subject: no network, several of which the user has to choose, or one that is nearly known.
  init(_ records: [TensorRecord], _ wishes: Wishes) throws(InputError) {
    guard !records.isEmpty else {
      throw InputError("", "holds no tensors", remedy: "what torch.save(model.state_dict(), 'weights.pth') writes")
    }
    let file = FileTensors(records)
    let makers = try Self.architectures(wishes.spec)
    let search = TrunkSearch(file, within: wishes.state, makers)
    guard !search.found.isEmpty else { throw Self.refusal(search, file, wishes) }
    let (fit, copies) = try Self.choose(search.found, state: wishes.state)
    if let problem = fit.architecture.problem { throw InputError("", problem) }
    let hinted = wishes.spec == nil ? wishes.hint.flatMap { Self.hinted($0, fit, file) } : nil
    choices = wishes.spec?.choices ?? [:]
    if fit.isPerfect, wishes.head == nil, choices.isEmpty {
      (architecture, head) = ((hinted ?? fit).architecture, nil)
      let names = Dictionary(fit.view.inside.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
      tensors = try Self.renamed(file) { names[$0] }
      return
    }
    let chosen = hinted ?? fit
    let found = try Self.head(of: chosen, file, wishes)
    var names = Dictionary(
      chosen.trunk.compactMap { name in chosen.view.inside[name].map { ($0, name) } },
      uniquingKeysWith: { first, _ in first })
    names.merge(found.names) { first, _ in first }
    let taken = Set(names.keys).union(chosen.passed.compactMap { chosen.view.inside[$0] })
    let passedOver = PassedOver(file, taken: taken, copies: copies.map(\.view.prefix))
    try passedOver.refuseLayers(of: chosen)
    let between = BetweenLayers(
      file, left: passedOver.indices.filter { !found.aside.contains($0) }, chosen, found.candidate,
      isOwnAlone: wishes.state != nil)
    if wishes.spec?.headPooling == nil { try between.refusePooling() }
    if wishes.spec == nil { try between.refuseLayers() }
    Self.addCounters(to: &names, file)
    tensors = try Self.renamed(file) { names[$0] }
    let shapes = Dictionary(tensors.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
    head = found.plan
    architecture = Self.again(
      chosen.architecture, by: makers, ParameterShapes(shapes: shapes, head: found.plan),
      hint: hinted == nil ? nil : wishes.hint)
    if let plan = found.plan, architecture.spec.arguments["classes"].map({ $0 != plan.classes }) ?? false {
      throw InputError(
        "", "is not the architecture \(architecture.spec): its head has \(plan.classes) outputs",
        remedy: "leave classes out")
    }
    notes = [
      Self.copiesNote(chosen, copies), found.note, passedOver.note, found.candidate.flatMap(BetweenLayers.cosineNote),
    ].compactMap { $0 }
    normalization = between.normalization
    // Who chooses a network has said that the others are none of it.
    warnings = wishes.state == nil ? [passedOver.warning].compactMap { $0 } : []
    assumption = found.plan.flatMap { Self.assumption($0, found.name, architecture.spec.name, choices) }
  }

  // MARK: - Architectures

  private static func architectures(
    _ spec: ArchitectureSpec?
  ) throws(InputError) -> [TrunkSearch.Maker] {
    guard let spec else {
      return ArchitectureRegistry.all.map { type in { type.init(name: nil, arguments: [:], shapes: $0) } }
    }
    guard let type = ArchitectureRegistry.all.first(where: { $0.names.contains(spec.name) }) else {
      let near = ModelFormats.nearest(to: spec.name, among: ArchitectureRegistry.names, count: 3)
      throw InputError(
        "", "there is no architecture '\(spec.name.brief())'",
        remedy: near.isEmpty ? .exportInstead : "nearest: \(near.joined(separator: ", "))")
    }
    if let key = spec.arguments.keys.sorted().first(where: { !type.keys.contains($0) }) {
      throw InputError(
        "", "\(spec.name) has no argument '\(key.brief())'",
        remedy: "one of \(type.keys.joined(separator: ", "))")
    }
    return [{ type.init(name: spec.name, arguments: spec.arguments, shapes: $0) }]
  }

  /// The fit of the architecture of a name, if the weights are its.
  private static func hinted(_ name: String, _ fit: TrunkFit, _ file: FileTensors) -> TrunkFit? {
    let shapes = ParameterShapes(shapes: fit.view.shapes(file))
    guard let make = try? architectures(ArchitectureSpec(name: name)).first else { return nil }
    let named = TrunkFit(make(shapes), fit.view, fit.view.records(file), file)
    return named.isTrunkWhole && named.intruders.isEmpty && named.trunk.count >= fit.trunk.count ? named : nil
  }

  /// The architecture again, as it is with the file's head.
  private static func again(
    _ architecture: any Architecture, by makers: [TrunkSearch.Maker], _ shapes: ParameterShapes, hint: String?
  ) -> any Architecture {
    let type = type(of: architecture)
    if let hint, type.names.contains(hint) { return type.init(name: hint, arguments: [:], shapes: shapes) }
    return makers.lazy.map { $0(shapes) }.first { Swift.type(of: $0) == type } ?? architecture
  }

  /// The error where no trunk is whole.
  private static func refusal(_ search: TrunkSearch, _ file: FileTensors, _ wishes: Wishes) -> InputError {
    if let spec = wishes.spec {
      let view = TrunkView(file, prefix: "")
      if let make = try? architectures(spec).first {
        let architecture = make(ParameterShapes(shapes: view.shapes(file)))
        return (search.nearest ?? TrunkFit(architecture, view, view.records(file), file)).error(isChosen: true)
      }
    }
    if let state = wishes.state, !file.names.contains(where: { $0.hasPrefix("\(state).") }) {
      let parts = wishes.keys + Set(file.names.map { String(TrunkFit.firstPart($0)) }).sorted()
      return InputError(
        .state, "'\(state.brief())' is nothing that the file has",
        remedy: "\(PassedOver.list(parts, 5))")
    }
    if let program = wishes.program {
      let problem: Message = "is \(program), of which only the weights are read, and they fit no known architecture"
      return InputError("", problem, remedy: .exportInstead)
    }
    if let nearest = search.nearest { return nearest.error(isChosen: false) }
    return InputError(
      "", "is of an architecture that its weights do not tell; its tensors are \(PassedOver.list(file.names))",
      remedy: .exportInstead)
  }

  // MARK: - Several networks

  /// The network to take, and others that are left aside.
  ///
  /// - Parameter state: what the user says that its names begin with.
  private static func choose(
    _ found: [TrunkFit], state: String?
  ) throws(InputError) -> (taken: TrunkFit, copies: [TrunkFit]) {
    let clean = found.filter(\.intruders.isEmpty)
    let all = clean.isEmpty ? found : clean
    // A network of no such name is likelier than a helper of training, and that likelier than a copy.
    let roles: [(TrunkFit) -> Bool] = [
      { !NetworkRole.isBeside($0.view.prefix) }, { !NetworkRole.isCopy($0.view.prefix) }, { _ in true },
    ]
    let isLikely = roles.first { all.contains(where: $0) } ?? roles[2]
    let ranked = all.filter(isLikely).sorted { $0.trunk.count > $1.trunk.count }
    let exact = state.flatMap { state in found.first { $0.stateKey == state } }
    let taken = exact ?? ranked[0]
    let others = found.filter { $0.indices.isDisjoint(with: taken.indices) }
    let rivals = others.filter(isLikely)
    guard rivals.isEmpty || exact != nil else {
      let all = [taken] + rivals
      throw InputError(
        "", "holds \(all.count) networks: \(PassedOver.list(all.map(\.stateName), 4))",
        remedy: "\(.state) \(taken.stateKey.brief()), or another of them, chooses")
    }
    return (taken, others)
  }

  private static func copiesNote(_ taken: TrunkFit, _ copies: [TrunkFit]) -> Message? {
    guard let first = copies.first else { return nil }
    let names = PassedOver.list(copies.map(\.stateName))
    return
      "holds \(copies.count + 1) networks: \(taken.stateName) is taken, \(names) left aside (\(.state) \(first.stateKey.brief()) takes it)"
  }

  // MARK: - Heads

  /// A head, and what is known of it.
  private struct FoundHead {
    /// Nil for the architecture's own.
    var plan: HeadPlan?
    var name = ""
    /// The names that the network asks for, by their places in the file.
    var names: [Int: String]
    var note: Message?
    /// Nil where the architecture's head is like no other's.
    var candidate: HeadReader.Candidate?
    /// The places of other heads.
    var aside: Set<Int> = []
  }

  private static func head(
    of fit: TrunkFit, _ file: FileTensors, _ wishes: Wishes
  ) throws(InputError) -> FoundHead {
    let own = Dictionary(
      fit.ownHead.names.compactMap { name in fit.view.inside[name].map { ($0, name) } },
      uniquingKeysWith: { first, _ in first })
    guard let slot = fit.slot else {
      guard fit.isWhole else { throw fit.error(isChosen: wishes.spec != nil) }
      return FoundHead(names: own)
    }
    let reader = HeadReader(fit, slot, file, pooling: wishes.spec?.headPooling)
    try BetweenLayers.refuseMarginHead(file, fit, reader.candidates)
    let (taken, left) = try choose(reader, fit, slot, wishes)
    let note: Message? =
      left.isEmpty
      ? nil
      : "takes \(taken.name) for the head, and leaves \(PassedOver.list(left.map(\.name))) aside (\(.head) chooses)"
    var found = FoundHead(
      name: taken.name, names: own, note: note, candidate: taken, aside: Set(left.flatMap(\.indices)))
    // The architecture's own head has modules for what stands between its layers.
    if fit.ownHead.isWhole, Set(taken.indices) == Set(own.keys), wishes.spec?.choices.isEmpty ?? true { return found }
    found.plan = taken.plan(wishes.spec?.headActivation)
    found.names = Dictionary(
      taken.parts.flatMap { $0.tensors.map { ($0.value, $0.key) } }, uniquingKeysWith: { first, _ in first })
    return found
  }

  private static func choose(
    _ reader: HeadReader, _ fit: TrunkFit, _ slot: HeadSlot, _ wishes: Wishes
  ) throws(InputError) -> (taken: HeadReader.Candidate, left: [HeadReader.Candidate]) {
    let candidates = reader.candidates
    if let name = wishes.head {
      guard let taken = candidates.first(where: { $0.name == name }) else {
        let known = PassedOver.list(candidates.map(\.name), 5)
        throw InputError(
          .head, "'\(name.brief())' is no head that fits",
          remedy: candidates.isEmpty ? .exportInstead : "\(known)")
      }
      return (taken, candidates.filter { $0.name != name })
    }
    let likely = candidates.filter { !NetworkRole.isBeside($0.name) }
    guard let taken = likely.first ?? candidates.first else { throw missing(reader, fit, slot, wishes) }
    guard likely.count < 2 else { throw ambiguous(likely, fit) }
    let next = reader.unfitting.first { $0.parts.first?.input == taken.classes && !NetworkRole.isBeside($0.name) }
    guard next == nil || !taken.parts.contains(where: \.isConvolution) else {
      throw BetweenLayers.error(fit, taken.parts.map(\.module), remedy: .exportInstead)
    }
    return (taken, candidates.filter { $0.name != taken.name })
  }

  private static func ambiguous(_ heads: [HeadReader.Candidate], _ fit: TrunkFit) -> InputError {
    let list = PassedOver.list(heads.map { "\($0.name.brief(24)) (\($0.classes) outputs)" })
    let what = "holds the trunk of \(fit.architecture.spec.name) and \(heads.count) heads that fit it: \(list)"
    // What gives as many numbers as it takes may also stand before the other.
    // So may a convolution that makes a narrower map.
    let convolutions = heads.count { $0.parts.contains(where: \.isConvolution) }
    let isUnordered =
      heads.contains { $0.classes == $0.parts.first?.input } || (1..<heads.count).contains(convolutions)
    return InputError(
      "", "\(what)", remedy: isUnordered ? .exportInstead : "\(.head) \(heads[0].name), or another of them, chooses")
  }

  private static func missing(
    _ reader: HeadReader, _ fit: TrunkFit, _ slot: HeadSlot, _ wishes: Wishes
  ) -> InputError {
    guard let other = reader.unfitting.first, let part = other.parts.first(where: { $0.output != nil }) else {
      let misshaped = fit.misshaped.first
      guard misshaped == nil, wishes.spec == nil else { return fit.error(isChosen: wishes.spec != nil) }
      return InputError(
        "", "holds the trunk of \(fit.architecture.spec.name), and no head that gradcam knows behind it",
        remedy: .exportInstead)
    }
    guard part.input != slot.width, part.input != slot.channels else {
      return BetweenLayers.error(fit, [part.module], remedy: .exportInstead)
    }
    return InputError(
      "",
      """
      holds the trunk of \(fit.architecture.spec.name), whose head takes \(slot.channels ?? slot.width) numbers, and \
      \(part.module.brief()) takes \(part.input)
      """, remedy: .exportInstead)
  }

  /// What is said of what the file cannot tell of its head; nil where it tells all.
  private static func assumption(
    _ plan: HeadPlan, _ head: String, _ architecture: String, _ choices: [String: String]
  ) -> Message? {
    var (parts, ways) = ([String](), [String]())
    if plan.hasActivations, choices["head-activation"] == nil {
      parts.append("a ReLU between its \(plan.linearCount) linear layers")
      ways.append("head-activation=gelu")
    }
    if plan.pooling == .maxAvg, choices["head-pooling"] == nil {
      parts.append("maximum and average pooling before it, in fastai's order")
      ways.append("head-pooling=avg-max")
    }
    guard !parts.isEmpty else { return nil }
    return """
      the file does not tell all of the head \(head.brief()); assumed \(parts.joined(separator: " and ")) \
      (\(.arch) \(architecture):\(ways.joined(separator: ",")) or the like says otherwise)
      """
  }

  // MARK: - Names

  /// Batch norms' counters, which files of ours have always kept.
  private static func addCounters(to names: inout [Int: String], _ file: FileTensors) {
    let norms = Dictionary(
      names.compactMap { index, name in
        name.hasSuffix(".running_mean") ? (String(file.names[index].dropLast(12)), String(name.dropLast(12))) : nil
      }, uniquingKeysWith: { first, _ in first })
    for (index, name) in file.names.enumerated() where file.isCounter(index) {
      if let norm = norms[String(name.dropLast(19))] { names[index] = "\(norm)num_batches_tracked" }
    }
  }

  private static func renamed(
    _ file: FileTensors, _ name: (Int) -> String?
  ) throws(InputError) -> [TensorRecord] {
    var tensors: [TensorRecord] = []
    for (index, record) in file.records.enumerated() {
      guard let name = name(index) else { continue }
      tensors.append(name == record.name ? record : try record.named(name))
    }
    return tensors
  }
}

extension TrunkFit {
  /// What the network is called in a line.
  var stateName: String { view.prefix.isEmpty ? "\(stateKey) (without a prefix)" : stateKey.brief() }

  /// What a user chooses the network by.
  var stateKey: String { view.prefix.isEmpty ? Self.ownState : String(view.prefix.dropLast()) }
}
