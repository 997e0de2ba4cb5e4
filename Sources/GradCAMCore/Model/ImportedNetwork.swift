import ModelFormats

/// A network as a file of some kind gives it, before what a user says of it.
struct ImportedNetwork {
  var graph: Graph
  /// `xray-classifier:nc=3,nf=8`; `onnx` for a graph that a file brings itself.
  var architecture: ArchitectureSpec
  var format: String
  var input: InputSize
  /// The usual preprocessing, as `Preprocessing(parsing:)` reads it.
  var preprocessing: String
  /// Why it is the usual one.
  var preprocessingReason: Message
  /// Whether the network takes whole samples, from 0 to 255.
  var takesIntegers = false
  /// What the network does to its input before anything else, where it is constants.
  var normalization: InputNormalization?
  /// Whether `preprocessing` is part of the network's definition, rather than a guess.
  var definesPreprocessing: Bool
  var defaultLayer: (path: String, reason: String)
  /// Why that layer may be far from the last one; nil where it is the last.
  var defaultLayerDoubt: Message?
  /// Names of weights that hold a NaN or an infinity.
  var notFinite: [String]
  /// What else may make its results worthless.
  var warnings: [Message] = []
  /// What a user should know of what was made of the file.
  var notes: [Message] = []
  /// What was assumed of the architecture, for the weights do not tell it.
  var architectureAssumptions: [Message] = []
  /// Other networks that have the same weights.
  var lookAlikes: LookAlikes?
  /// What makes probabilities of the scores, where the file says it beside the graph.
  var activation: FinalActivation?
  /// The weights as the file has them.
  var tensors: [TensorRecord]
  /// What the file says beside its weights, where this tool wrote it.
  var metadata: ModelMetadata?
  /// What another tool says beside its weights.
  var remarks = Remarks()
  /// The graph as records, where no architecture tells it.
  var records: ONNXModel?
  /// Whether the weights are what was written.
  var integrity = WeightIntegrity()

  /// Reads a model file of any kind.
  ///
  /// - Parameter folder: where a model's external data lie.
  /// - Throws: `InputError` without a subject where the bytes are at fault.
  static func load(
    _ source: ModelSource, folder: FilePath?, _ overrides: Model.Overrides, threads: Int
  ) throws(InputError) -> ImportedNetwork {
    let (file, configuration) = (source.file, source.configuration)
    if ONNXModel.looksLikeIt(file.bytes) {
      try refuseChoices(overrides)
      let model = try ONNXModel(file, folder: folder)
      return try load(model, nil, PackedWeights(), configuration, overrides, threads: threads)
    }
    let state = try source.stateDict(wanted: overrides.state, takesAnyModule: overrides.architecture != nil)
    let metadata = try ModelMetadata(state.metadata)
    // Only files of ours are taken at their word.
    let (tensors, packed) =
      metadata == nil
      ? (state.tensors, PackedWeights())
      : try PackedWeights.split(state.tensors, state.metadata, isUntouched: ModelDigest.kept(in: file) != nil)
    let graphs = metadata == nil ? [] : state.tensors.filter(StoredGraph.isOne)
    var network = try load(state, metadata, tensors, packed, graphs, configuration, overrides, threads: threads)
    network.integrity = packed.integrity
    packed.integrity.check(threads: threads)
    try packed.integrity.requireWhole()
    return network
  }

  private static func load(
    _ state: StateDict, _ metadata: ModelMetadata?, _ tensors: [TensorRecord], _ packed: PackedWeights,
    _ graphs: [TensorRecord], _ configuration: ModelConfiguration, _ overrides: Model.Overrides, threads: Int
  ) throws(InputError) -> ImportedNetwork {
    if let graph = metadata?.graph {
      try refuseChoices(overrides)
      let stored = try StoredGraph.find(graphs, json: graph)
      let model: ONNXModel
      if let stored {
        model = try ONNXModel(binary: stored, json: graph, tensors: tensors)
      } else {
        model = try ONNXModel(json: graph, tensors: tensors)
      }
      return try load(model, metadata, packed, configuration, overrides, threads: threads)
    }
    var spec = metadata?.architecture
    if let text = overrides.architecture {
      do { spec = try ArchitectureSpec(parsing: text) } catch { throw error.about(.arch) }
    }
    var remarks = metadata == nil ? Remarks(state.remarks, configuration) : Remarks()
    let wishes = StateDictMatch.Wishes(
      spec: spec, hint: remarks.architecture, state: state.isWanted ? nil : overrides.state,
      keys: state.others.isEmpty ? [] : [state.taken].compactMap { $0 } + state.others, head: overrides.head,
      program: state.format.program)
    var match = try StateDictMatch(tensors, wishes)
    if spec == nil { match = try configuration.fitted(match, tensors, wishes) }
    try expectMemory(for: match.tensors)
    let found = try StateDictImporter.build(match, packed: packed, notFinite: metadata?.notFinite, threads: threads)
    try PlainLayers.compare(state.layers, with: found.graph, of: found.architecture.spec.name, match.tensors)
    let architecture = found.architecture
    let lookAlikes = architecture.lookAlikes
    if overrides.architecture == nil { remarks.compareArchitecture(with: architecture.spec.name) }
    return ImportedNetwork(
      graph: found.graph, architecture: match.spec,
      format: metadata == nil ? state.format.name : "gradcam model", input: metadata?.input ?? architecture.input,
      preprocessing: architecture.preprocessing, preprocessingReason: "as usual for \(architecture.spec.name)",
      definesPreprocessing: architecture.definesPreprocessing,
      defaultLayer: architecture.defaultLayer, notFinite: found.notFinite,
      warnings: (lookAlikes.flatMap { $0.warning(for: architecture.spec.name) }.map { [$0] } ?? []) + match.warnings
        + [state.format.warning, overrides.preprocessing == nil ? match.normalization : nil].compactMap { $0 },
      notes: (state.othersNote.map { [$0] } ?? []) + match.notes,
      architectureAssumptions: [architecture.assumption, match.assumption].compactMap { $0 },
      lookAlikes: lookAlikes, activation: remarks.activation, tensors: match.tensors, metadata: metadata,
      remarks: remarks)
  }

  private static func load(
    _ model: ONNXModel, _ metadata: ModelMetadata?, _ packed: PackedWeights, _ configuration: ModelConfiguration,
    _ overrides: Model.Overrides, threads: Int
  ) throws(InputError) -> ImportedNetwork {
    let remarks =
      metadata == nil ? Remarks(model.metadata.mapValues(PlainValue.string), configuration) : Remarks()
    try expectMemory(for: model.graph.initializers)
    let preferred = try KnownPreprocessing.preferredSize(metadata, remarks, overrides)
    let found = try ONNXImporter.load(
      model, packed: packed, notFinite: metadata?.notFinite, size: overrides.inputShape, preferred: preferred,
      output: overrides.outputName, threads: threads)
    var (size, graph, records) = (found.input, found.graph, model)
    records.explainedOutput = found.output
    let shapes = try graph.shapes(for: Shape(1, size.channels, size.height, size.width))
    graph.readEnding(shapes)
    let positions = PositionMap(graph, shapes)
    guard let layer = graph.defaultLayer(positions) else { throw graph.noFeatureMap(positions) }
    let normalization = graph.inputNormalization(shapes)
    let usual = usualPreprocessing(size, normalization, takesIntegers: found.takesIntegers)
    return ImportedNetwork(
      graph: graph, architecture: ArchitectureSpec(name: "onnx"), format: metadata == nil ? "ONNX" : "gradcam model",
      input: size, preprocessing: usual.text, preprocessingReason: usual.reason, takesIntegers: found.takesIntegers,
      normalization: normalization, definesPreprocessing: false, defaultLayer: (layer.path, layer.reason),
      defaultLayerDoubt: layer.doubt, notFinite: found.notFinite, warnings: found.warnings.map { "\($0)" },
      notes: found.notes, activation: found.activation ?? remarks.activation, tensors: found.weights,
      metadata: metadata, remarks: remarks, records: records)
  }

  /// Checks that weights which are no float32 in order find room as such; others stay where the file has them.
  private static func expectMemory(for tensors: [TensorRecord]) throws(InputError) {
    let count = tensors.reduce(0) { $1.contiguousFloat32 == nil ? saturatingSum($0, $1.elementCount) : $0 }
    guard count >= 1 << 22 else { return }
    let need = MemoryNeed(filled: saturatingProduct(count, MemoryLayout<Float>.stride))
    try MemoryHeadroom.now().expect(need, "holds weights that take", remedy: "more memory")
  }

  /// What networks of this input are usually trained with: what the constants at the graph's beginning fit, or ImageNet's numbers for
  /// three channels and none for others.
  private static func usualPreprocessing(
    _ size: InputSize, _ normalization: InputNormalization?, takesIntegers: Bool
  ) -> (text: String, reason: Message) {
    var (preset, reason) = (size.channels == 3 ? "imagenet" : "unit", "as usual for onnx" as Message)
    if takesIntegers {
      (preset, reason) = ("raw", "for the graph takes whole samples")
    } else if let normalization, let fitting = normalization.preset(inputChannels: size.channels) {
      (preset, reason) = (fitting, "for the graph itself \(normalization.words)")
    }
    guard size.height == size.width else {
      return ("\(preset),resize=\(size.height)x\(size.width),crop=none", reason)
    }
    guard size.channels == 3, size.height == 224 else {
      return ("\(preset),resize=\(min(size.height, size.width)),crop=\(size.height)x\(size.width)", reason)
    }
    return (preset == "imagenet" ? preset : "\(preset),resize=256,crop=224", reason)
  }

  /// Refuses what is said of state dicts alone.
  private static func refuseChoices(_ overrides: Model.Overrides) throws(InputError) {
    let chosen: [(Parameter, String?)] = [
      (.arch, overrides.architecture), (.state, overrides.state), (.head, overrides.head),
    ]
    for (parameter, value) in chosen where value != nil {
      throw InputError(parameter, "is for state dicts, and this file holds a graph of its own", remedy: "leave it out")
    }
  }
}

extension StateDict {
  /// What is said of other dictionaries of weights beside the one that is read; nil where there are none.
  fileprivate var othersNote: Message? {
    guard let first = others.first else { return nil }
    let names = PassedOver.list(others)
    return """
      holds \(others.count + 1) networks: \(taken?.brief() ?? "the file's own") is taken, \(names) left \
      aside (\(.state) \(first.brief()) takes it)
      """
  }
}

extension LookAlikes {
  /// What is said of weights that hint at other networks than the one they are taken for; nil where they do not.
  fileprivate func warning(for taken: String) -> Message? {
    guard areLikely else { return nil }
    let choices = names.map { "\(.arch) \($0)" as Message }.reduce("" as Message) { $0 == "" ? $1 : "\($0) or \($1)" }
    return "taken for \(taken), but its weights fit \(what) as well, whose results are others (\(choices) says which)"
  }
}
