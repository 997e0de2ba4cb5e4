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
  /// Whether `preprocessing` is part of the network's definition, rather than a guess.
  var definesPreprocessing: Bool
  var defaultLayer: (path: String, reason: String)
  /// Names of weights that hold a NaN or an infinity.
  var notFinite: [String]
  /// What else may make its results worthless.
  var warnings: [String] = []
  /// What makes probabilities of the scores, where the file says it beside the graph.
  var activation: FinalActivation?
  /// The weights as the file has them.
  var tensors: [TensorRecord]
  /// What the file says beside its weights, where this tool wrote it.
  var metadata: ModelMetadata?
  /// The graph as records, where no architecture tells it.
  var records: ONNXModel?

  /// Reads a model file of any kind.
  ///
  /// - Parameter folder: where a model's external data lie.
  /// - Throws: `InputError` without a subject where the bytes are at fault.
  static func load(
    _ file: FileBytes, folder: FilePath?, _ overrides: Model.Overrides, threads: Int
  ) throws(InputError) -> ImportedNetwork {
    if ONNXModel.looksLikeIt(file.bytes) {
      try refuseArchitecture(overrides)
      return try load(try ONNXModel(file, folder: folder), nil, PackedWeights(), overrides, threads: threads)
    }
    let state = try StateDict.load(file)
    let metadata = try ModelMetadata(state.metadata)
    // Only files of ours are taken at their word.
    let (tensors, packed) = metadata == nil ? (state.tensors, PackedWeights()) : PackedWeights.split(state.tensors)
    if let graph = metadata?.graph {
      try refuseArchitecture(overrides)
      return try load(try ONNXModel(json: graph, tensors: tensors), metadata, packed, overrides, threads: threads)
    }
    var spec = metadata?.architecture
    if let text = overrides.architecture {
      do { spec = try ArchitectureSpec(parsing: text) } catch { throw error.about(.arch) }
    }
    let found = try StateDictImporter.load(
      tensors, packed: packed, notFinite: metadata?.notFinite, spec: spec, threads: threads)
    let architecture = found.architecture
    return ImportedNetwork(
      graph: found.graph, architecture: architecture.spec,
      format: metadata == nil ? state.format.name : "gradcam model", input: metadata?.input ?? architecture.input,
      preprocessing: architecture.preprocessing, definesPreprocessing: architecture.definesPreprocessing,
      defaultLayer: architecture.defaultLayer, notFinite: found.notFinite, tensors: tensors, metadata: metadata)
  }

  private static func load(
    _ model: ONNXModel, _ metadata: ModelMetadata?, _ packed: PackedWeights, _ overrides: Model.Overrides, threads: Int
  ) throws(InputError) -> ImportedNetwork {
    let typed = try overrides.preprocessing.map { text throws(InputError) in try Preprocessing(parsing: text) }
    let usual = metadata?.input.map { (height: $0.height, width: $0.width) }
    let preferred = typed?.fixedSize ?? usual ?? (224, 224)
    let found = try ONNXImporter.load(
      model, packed: packed, notFinite: metadata?.notFinite, size: overrides.inputShape, preferred: preferred,
      output: overrides.outputName, threads: threads)
    var (size, graph) = (found.input, found.graph)
    let shapes = try graph.shapes(for: Shape(1, size.channels, size.height, size.width))
    graph.readEnding(shapes)
    guard let layer = graph.defaultLayer(shapes) else {
      throw InputError("", "has no feature map of more than one position", remedy: "a convolutional network")
    }
    return ImportedNetwork(
      graph: graph, architecture: ArchitectureSpec(name: "onnx"), format: metadata == nil ? "ONNX" : "gradcam model",
      input: size, preprocessing: usualPreprocessing(size), definesPreprocessing: false, defaultLayer: layer,
      notFinite: found.notFinite, warnings: found.warnings, activation: found.activation,
      tensors: model.graph.initializers, metadata: metadata,
      records: model)
  }

  /// What networks of this input are usually trained with: ImageNet's numbers for three channels, none for others.
  private static func usualPreprocessing(_ size: InputSize) -> String {
    let (short, crop) = (min(size.height, size.width), "crop=\(size.height)x\(size.width)")
    guard size.channels == 3 else { return "unit,resize=\(short),\(crop)" }
    if size.height == 224 && size.width == 224 { return "imagenet" }
    return "imagenet,resize=\(short),\(crop)"
  }

  private static func refuseArchitecture(_ overrides: Model.Overrides) throws(InputError) {
    guard overrides.architecture == nil else {
      throw InputError(.arch, "is for state dicts, and this file holds a graph of its own", remedy: "leave it out")
    }
  }
}
