import GradCAMCore
import ModelFormats

extension Command {
  static let inspect = Command(
    name: "inspect", summary: "print a model's card and its modules, to pick a --layer from",
    operands: "[OPTIONS] MODEL", operandOffer: { .files },
    notes: [
      "MODEL is a gradcam model file, a safetensors file, a PyTorch checkpoint, an ONNX model, or a folder with one of them as "
        + "Hugging Face and timm publish it.",
      "Of an option given twice the last counts.",
    ], examples: ["gradcam inspect models/demo-xray.bin"], exitStatuses: ExitStatus.ofModelCommands,
    action: InspectCommand.self)
}

/// `gradcam inspect`.
struct InspectCommand: Action {
  private let source: FilePath
  private let options: Options

  init(_ command: Command, _ options: Options) throws(InputError) {
    source = try options.modelOperand(of: command)
    self.options = options
  }

  func run(_ caller: Caller) throws -> Int32 {
    let console = caller.console
    let model = try Model.load(source, try options.modelOverrides(), threads: Cores.count)
    try model.requireWhole(threads: Cores.count)
    for warning in model.warnings { console.warn(InputError("\(source)", "\(warning)")) }
    if console.verbosity != .quiet { for note in model.notes { console.note("gradcam: \(source): \(note.withFlags)") } }
    let modules = try model.graph.summaries(for: model.inputShape)
    var options = Explainer.Options()
    // The model's own layer, also where it is in doubt.
    options.layers = [model.defaultLayer]
    let memory = try Explainer.Setup(model, options).memory().all
    let card = ModelCard(model, at: source, modules, memory)
    if self.options.outputs.isJSON {
      try console.print(try encodedJSON(card, isSnakeCase: true))
    } else {
      try console.print(card.lines + [""] + table(of: modules))
    }
    do { try MemoryHeadroom.now().expect(memory, on: model) } catch { throw error.about("\(source)") }
    return ExitStatus.success
  }

  private func table(of modules: [Graph.ModuleSummary]) -> [String] {
    let rows = modules.map { module in
      let map = module.mapSize.map { "\($0.rows)×\($0.columns)" } ?? "–"
      return [
        module.path, module.kind, size(of: module.outputShape), map, module.parameters.grouped,
        module.multiplyAdds.grouped,
      ]
    }
    return alignedColumns([["module", "kind", "output", "map", "parameters", "multiply-adds"]] + rows)
  }
}

/// The sizes of what a module gives an image, `128×8×8`: without the batch, where there is one beside them.
private func size(of output: Shape) -> String {
  let sizes = output.rank < 2 ? [output.count] : Array(output.dimensions.dropFirst())
  return sizes.map(String.init).joined(separator: "×")
}

/// What `gradcam inspect` says of a model; its keys are for scripts.
private struct ModelCard: Encodable {
  struct Module: Encodable {
    var path: String
    var kind: String
    var outputShape: [Int]
    /// Rows and columns of a map made there; nil where none can be.
    var mapShape: [Int]?
    var parameters: Int
    var multiplyAdds: Int
  }

  var model: String
  var format: String
  var architecture: String
  var lookAlikes: [String]
  var parameters: Int
  var multiplyAdds: Int
  /// Bytes that explaining an image by the default method takes.
  var memory: Int
  /// Channels, height, width.
  var input: [Int]
  var preprocess: String
  var preprocessIsAssumed: Bool
  var preprocessReason: String
  /// What makes probabilities of the scores.
  var activation: String
  /// How that is known.
  var activationSource: String
  var labels: [String]
  var outputs: Int
  var layer: String
  var layerReason: String
  /// The method that explains where none is named.
  var method: String
  var methodReason: String
  /// What a user should know of what was made of the file.
  var notes: [String]
  var modules: [Module]

  init(_ model: Model, at path: FilePath, _ modules: [Graph.ModuleSummary], _ memory: MemoryNeed) {
    (self.model, self.memory) = (path.description, memory.filled)
    (format, architecture, lookAlikes) = (model.format, "\(model.architecture)", model.lookAlikes)
    (parameters, outputs) = (model.parameterCount, model.outputCount)
    multiplyAdds = modules.filter { !$0.hasChildren }.reduce(0) { $0 &+ $1.multiplyAdds }
    input = [model.input.channels, model.input.height, model.input.width]
    (preprocess, preprocessIsAssumed) = (model.preprocessing.description, model.assumed.contains(.preprocess))
    preprocessReason = model.preprocessingSource.withFlags
    (activation, activationSource) = (model.activation.kind.rawValue, model.activation.source.rawValue)
    (labels, layer, layerReason) = (model.labels, model.defaultLayer, model.defaultLayerReason.withFlags)
    notes = model.notes.map(\.withFlags)
    method = model.defaultMethod ?? GradCAM().name
    let isKnown = (try? model.method()) != nil
    methodReason =
      model.defaultMethod == nil
      ? Self.usual : "the model file says so" + (isKnown ? "" : "; this gradcam does not have it")
    self.modules = modules.map {
      Module(
        path: $0.path, kind: $0.kind, outputShape: $0.outputShape.dimensions,
        mapShape: $0.mapSize.map { [$0.rows, $0.columns] }, parameters: $0.parameters,
        multiplyAdds: $0.multiplyAdds)
    }
  }

  /// Why a method explains that nobody chose.
  private static let usual = "usual"

  private var activationReason: String {
    switch ScoreActivation.Source(rawValue: activationSource) {
    case .graph: activation == "none" ? "the network's outputs are shares from 0 to 1" : "the network ends in it"
    case .file: "the model file says so"
    case .option: "chosen by --activation"
    case .output, .assumed, nil: "assumed"
    }
  }

  /// The card for people.
  var lines: [String] {
    let shown = labels.lazy.map { $0.shortened(to: 200) }.listed(10, saysCount: true)
    var rows = [
      ["model", model], ["format", format],
      ["architecture", architecture + lookAlikes.map { ", or --arch \($0)" }.joined()],
      ["parameters", parameters.grouped], ["multiply-adds", multiplyAdds.grouped],
      ["memory", "\(MemoryNeed.text(memory)) (for an image, by gradcam at the default layer)"],
      ["input", input.map(String.init).joined(separator: "×")],
      ["preprocess", "\(preprocess) (\(preprocessReason))"],
      ["activation", "\(activation) (\(activationReason))"],
      ["labels", labels.isEmpty ? "none (\(outputs) output\(outputs == 1 ? "" : "s"))" : shown],
      ["default layer", "\(layer) (\(layerReason))"],
    ]
    if methodReason != Self.usual { rows.append(["default method", "\(method.shortened(to: 200)) (\(methodReason))"]) }
    return alignedColumns(rows)
  }
}
