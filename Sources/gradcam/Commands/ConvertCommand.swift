import GradCAMCore
import ModelFormats

extension Command {
  static let convert = Command(
    name: "convert", summary: "make a self-contained model file from a checkpoint or an ONNX model",
    operands: "[OPTIONS] MODEL --output FILE", operandOffer: { .files },
    notes: [
      "MODEL is a safetensors file, a PyTorch checkpoint, an ONNX model or a gradcam model file.",
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
    if let existing = FileIdentity(output), existing == FileIdentity(source) { throw isSource }
    let model = try Model.load(source, try options.modelOverrides(), threads: Cores.count)
    caller.console.introduce(model, at: source)
    do {
      try model.write(to: output, threads: Cores.count)
    } catch {
      caller.console.report(error)
      return ExitStatus.failure
    }
    try caller.console.print("\(output)  \(model.architecture)  \(model.parameterCount.grouped) parameters")
    return ExitStatus.success
  }

  private var isSource: InputError {
    InputError("--output", "'\(output)' is the model that is read", remedy: "another name")
  }
}
