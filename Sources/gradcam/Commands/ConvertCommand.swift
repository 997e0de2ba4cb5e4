import GradCAMCore
import ModelFormats

extension Command {
  static let convert = Command(
    name: "convert", summary: "make a self-contained model file from a checkpoint or an ONNX model",
    operands: "[OPTIONS] MODEL --output FILE", operandOffer: { .files },
    notes: [
      "MODEL is a safetensors file, a PyTorch checkpoint, an ONNX model, a gradcam model file, or a folder with one of them as "
        + "Hugging Face and timm publish it.",
      "Of an option given twice the last counts.",
    ], examples: ["gradcam convert models/demo-xray.bin -o w.bin --preprocess half"],
    exitStatuses: ExitStatus.ofModelCommands, action: ConvertCommand.self)
}

/// `gradcam convert`.
struct ConvertCommand: Action {
  private let source: FilePath
  private let output: FilePath
  private let options: Options

  init(_ command: Command, _ options: Options) throws(InputError) {
    source = try options.modelOperand(of: command)
    guard let output = options.outputs.file else {
      throw InputError("--output", "is required", remedy: "--output FILE names the model file to write")
    }
    guard !output.isDash else {
      throw InputError("--output", "a model file cannot be written to standard output", remedy: "name a file")
    }
    (self.output, self.options) = (output, options)
    if output.normalized == source.normalized { throw isSource }
  }

  func run(_ caller: Caller) throws -> Int32 {
    // Before the work, and again before the file is replaced.
    try check(output)
    let model = try Model.load(source, try options.modelOverrides(), threads: Cores.count)
    try checkMethod(model)
    caller.console.introduce(model, at: source)
    do {
      AtomicFile.removeLeftovers(in: output.parent)
      try model.write(to: output, threads: Cores.count, replacing: check)
    } catch {
      caller.console.report(error)
      return ExitStatus.failure
    }
    let line = "\(output)  \(model.architecture)  \(model.parameterCount.grouped) parameters"
    // Behind the model it would be damage.
    if output.isStandardOutput { caller.console.note(line) } else { try caller.console.print(line) }
    return ExitStatus.success
  }

  /// Refuses to keep a method that cannot serve the model at its layer.
  private func checkMethod(_ model: Model) throws(InputError) {
    guard options.model.method != nil else { return }
    var maps = Explainer.Options()
    (maps.methods, maps.layers) = ([try model.method()], [model.defaultLayer])
    _ = try Explainer.Setup(model, maps)
  }

  /// Refuses to replace anything but another model file of this tool's.
  private func check(_ output: FilePath) throws(InputError) {
    if let existing = FileIdentity(output), existing == FileIdentity(source) { throw isSource }
    try OwnOutput.model.check(output)
  }

  private var isSource: InputError {
    InputError("--output", "'\(output)' is the model that is read", remedy: "another name")
  }
}
