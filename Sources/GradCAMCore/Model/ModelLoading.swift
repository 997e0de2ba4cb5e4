public import ModelFormats

extension Model {
  /// What a user says of a model, in the place of what its file says or lacks.
  public struct Overrides: Sendable {
    /// `NAME[:key=value,…]`, as `ArchitectureSpec(parsing:)` reads it.
    public var architecture: String?
    /// Which network of a checkpoint that holds several is taken: the key of its dictionary, or what its tensors' names begin with.
    public var state: String?
    /// Which of several heads that fit the same trunk is taken, by the name of its module.
    public var head: String?
    /// A preset and keys, as `PreprocessingChange(parsing:)` reads them.
    public var preprocessing: String?
    /// One a class, in the order of the outputs.
    public var labels: [String]?
    /// The path of the layer that is explained where none is named.
    public var layer: String?
    /// The name of the method that explains where none is named.
    public var method: String?
    /// Channels, height and width, for networks that take several sizes.
    public var inputShape: (channels: Int, height: Int, width: Int)?
    /// What makes probabilities of its scores, where neither the graph nor the file tells.
    public var activation = ActivationChoice.auto
    /// Which output of an ONNX model is explained; nil for the first.
    public var outputName: String?

    /// What the file says.
    public init() {}
  }

  /// Loads a model file of any kind that is read, recognised by its contents, or the one model of a folder.
  ///
  /// - Parameter threads: cores for bringing the weights into the engine's order.
  /// - Throws: `InputError` naming the file or the option.
  public static func load(
    _ path: FilePath, _ overrides: Overrides = Overrides(), threads: Int = 1
  ) throws(InputError) -> Model {
    try load(try ModelSource(path), overrides, threads: threads)
  }

  /// Loads a model from a file that is open already, and makes sure that it is still what it was when the weights were read.
  ///
  /// - Throws: `InputError` naming the file or the option.
  public static func load(
    opened file: FileBytes, _ overrides: Overrides = Overrides(), threads: Int = 1
  ) throws(InputError) -> Model {
    try load(try ModelSource(opened: file), overrides, threads: threads)
  }

  /// Loads a model from files that are open already; see `load(opened:)`.
  ///
  /// - Throws: `InputError` naming the file or the option.
  public static func load(
    _ source: ModelSource, _ overrides: Overrides = Overrides(), threads: Int = 1
  ) throws(InputError) -> Model {
    let file = source.file
    let name: Message = file.path.map { "\($0)" } ?? ""
    do {
      let model = try load(source, folder: file.path?.parent, overrides, threads: threads)
      try model.requireIntact()
      return model
    } catch {
      // What is made of half a file says nothing of the file.
      do { try file.requireUnchanged() } catch { throw error.about(name) }
      throw error.about(name)
    }
  }

  /// Loads a model from bytes in memory.
  ///
  /// - Parameter folder: where external data of an ONNX model lie; nil where it may have none.
  /// - Throws: `InputError` without a subject where the bytes are at fault.
  public static func load(
    _ file: FileBytes, folder: FilePath? = nil, _ overrides: Overrides = Overrides(), threads: Int = 1
  ) throws(InputError) -> Model {
    try load(ModelSource(inMemory: file), folder: folder, overrides, threads: threads)
  }

  private static func load(
    _ source: ModelSource, folder: FilePath?, _ overrides: Overrides, threads: Int
  ) throws(InputError) -> Model {
    let network = try ImportedNetwork.load(source, folder: folder, overrides, threads: threads)
    let metadata = network.metadata
    let input = try inputSize(network.input, overrides)
    let known = try KnownPreprocessing(network, input, overrides)
    var labels = overrides.labels ?? metadata?.labels ?? network.remarks.labels ?? []
    var notes = network.notes + network.architectureAssumptions + network.remarks.complaints
    if overrides.labels == nil, let named = network.remarks.labels, let count = try classCount(network, input),
      count != named.count
    {
      // Names that somebody else wrote are passed over where they do not fit.
      let named: Message = "\(network.remarks.labelSource) names \(named.count) classes"
      notes.append("\(named), and the model has \(count): the names are passed over")
      labels = []
    } else if let said = network.remarks.classCount, let count = try classCount(network, input), max(said, 2) != count {
      notes.append(
        "\(ModelConfiguration.modelName) tells of \(said) classes, and the weights have \(count), which count")
    }
    let layer = try layer(network, overrides)
    let warnings =
      network.warnings + known.warnings + (overrides.labels.flatMap(duplicateWarning).map { [$0] } ?? [])
      + (network.notFinite.isEmpty ? [] : [notFiniteWarning(network.notFinite)])
    var model = Model(
      graph: network.graph, format: network.format, architecture: network.architecture, input: input,
      preprocessing: known.specification, labels: labels,
      defaultLayer: layer.path, defaultLayerReason: layer.reason,
      defaultLayerDoubt: layer.isDerived ? network.defaultLayerDoubt : nil,
      assumptions: known.assumption.map { [$0] } ?? [],
      warnings: warnings, tensors: network.tensors, records: network.records)
    model.lookAlikes = network.lookAlikes?.names ?? []
    model.defaultMethod = overrides.method ?? metadata?.method
    (model.preprocessingSource, model.notes) = (known.source, notes + known.notes)
    if model.isQuantized {
      model.notes.append("its values are quantised: gradients pass straight through their rounding")
    }
    // What a file of ours says beside its weights counts alone.
    let told = metadata == nil ? source.configuration.files : []
    model.files = ModelFiles([source.file] + source.otherWeights + told + (network.records?.dataFiles ?? []))
    model.integrity = network.integrity
    if known.assumption != nil { model.assumed.append(.preprocess) }
    if !network.architectureAssumptions.isEmpty { model.assumed.append(.arch) }
    try model.fitInput()
    do { try model.checkLabels() } catch { throw overrides.labels == nil ? error : error.about(.labels) }
    model.activation = try ScoreActivation.resolve(
      overrides.activation, recorded: metadata?.activation, beside: network.activation, model.graph.ending,
      outputCount: model.outputCount)
    if model.activationAssumption != nil { model.assumed.append(.activation) }
    do { try model.checkExtent(of: layer.path) } catch { throw overrides.layer == nil ? error : error.about(.layer) }
    return model
  }

  /// Takes the size of its input from what images become, where that is always the same.
  private mutating func fitInput() throws(InputError) {
    guard let size = try preprocessor().specification.fixedSize else { return }
    (input.height, input.width) = size
  }

  /// The model with other preprocessing, whatever its file says.
  ///
  /// - Throws: `InputError` about `preprocess` where the model cannot take what it makes.
  public func preparing(as preprocessing: Preprocessing) throws(InputError) -> Model {
    var model = self
    model.preprocessing = preprocessing
    try model.fitInput()
    return model
  }

  /// How many classes a network tells apart: two where it has one output; nil where its output is no list of classes.
  private static func classCount(_ network: ImportedNetwork, _ input: InputSize) throws(InputError) -> Int? {
    let shapes = try network.graph.shapes(for: Shape(1, input.channels, input.height, input.width))
    guard let count = shapes[network.graph.output].flatMap(classCount) else { return nil }
    return count == 1 ? 2 : count
  }

  private func checkLabels() throws(InputError) {
    let shapes = try graph.shapes(for: inputShape)
    guard let output = shapes[graph.output], let classes = Self.classCount(output) else {
      throw InputError(
        "", "does not end in a list of classes: its output is \(shapes[graph.output]?.description ?? "")")
    }
    let expected = classes == 1 ? 2 : classes
    guard labels.isEmpty || labels.count == expected else {
      let kind: Message = classes == 1 ? "a negative and a positive one" : "one a class"
      throw InputError("", "has \(labels.count) labels for \(expected) classes", remedy: kind)
    }
  }

  private static func inputSize(_ size: InputSize, _ overrides: Overrides) throws(InputError) -> InputSize {
    guard let wanted = overrides.inputShape else { return size }
    let same = wanted == (size.channels, size.height, size.width)
    guard wanted.channels == size.channels, !size.isFixed || same else {
      throw InputError(
        .inputShape, "is \(wanted.channels)×\(wanted.height)×\(wanted.width), and the model does not take it",
        remedy: "\(size.channels)x\(size.height)x\(size.width)")
    }
    return InputSize(
      channels: size.channels, height: wanted.height, width: wanted.width, isFixed: size.isFixed)
  }

  private static func layer(
    _ network: ImportedNetwork, _ overrides: Overrides
  ) throws(InputError) -> (path: String, reason: Message, isDerived: Bool) {
    let graph = network.graph
    if let layer = overrides.layer {
      return (graph.canonicalPath(try graph.resolveOption(layer)), "chosen by \(.layer)", false)
    }
    if let layer = network.metadata?.layer {
      do { _ = try graph.resolve(layer) } catch {
        throw InputError("", "has a wrong gradcam.layer: '\(layer)' \(error.problem)", remedy: error.remedy)
      }
      return (layer, "the model file says so", false)
    }
    return (network.defaultLayer.path, "\(network.defaultLayer.reason)", true)
  }

  private static func duplicateWarning(_ labels: [String]) -> Message? {
    var places: [String: [Int]] = [:]
    for (index, label) in labels.enumerated() { places[label, default: []].append(index) }
    let several = places.filter { $0.value.count > 1 }.sorted { $0.value[0] < $1.value[0] }
    guard let (label, indices) = several.first else { return nil }
    let more: Message = several.count > 1 ? ", and \(several.count - 1) other name(s) are given more than once" : ""
    let shown = indices.lazy.map { "\($0)" }.listed(5)
    return "\(.labels) calls the classes \(shown) all \(label.printable)\(more)"
  }

  private static func notFiniteWarning(_ names: [String]) -> Message {
    let shown = names.lazy.map(\.printable).listed(3)
    return "\(names.count) weight tensor(s) hold NaN or infinite values: \(shown)"
  }
}

extension StateDict.Format {
  /// What the file holds beside its weights that computes with them; nil where it holds no program.
  var program: String? {
    switch self {
    case .torchScript: "a TorchScript program"
    case .exportedProgram: "a torch.export program"
    case .safetensors, .torchZip, .torchLegacy, .torchModule: nil
    }
  }

  /// What may make the results of its weights worthless; nil for weights alone.
  var warning: Message? {
    let kind: Message
    switch self {
    case .safetensors, .torchZip, .torchLegacy: return nil
    case .torchModule: kind = "a whole module"
    case .torchScript: kind = "a TorchScript program"
    case .exportedProgram: kind = "a torch.export program"
    }
    return "only the weights of \(kind) are read: another activation, pooling or normalisation in it is not seen"
  }

  /// The format for people.
  var name: String {
    switch self {
    case .safetensors: "safetensors"
    case .torchZip: "PyTorch checkpoint"
    case .torchLegacy: "PyTorch checkpoint (old format)"
    case .torchModule: "PyTorch module (its weights)"
    case .torchScript: "TorchScript (its weights)"
    case .exportedProgram: "torch.export program (its weights)"
    }
  }
}
