import ModelFormats

/// What a command line asks for, complete and free of contradictions as far as that can be told without a file.
enum Invocation: Equatable, Sendable {
  case explain(ExplainOptions)
  case convert(ConvertOptions)
  case inspect(InspectOptions)
  case bench(BenchOptions)
  case verify(VerifyOptions)
  case report(ReportOptions)
  case methods
  case colormaps
  case completions(Shell)
  case man
  /// Help on a command, or on the whole tool.
  case help(Command?)
  case version

  init(_ command: Command, _ options: Options) throws(InputError) {
    switch command {
    case .explain: self = .explain(try ExplainOptions(options))
    case .convert: self = .convert(try ConvertOptions(options))
    case .inspect: self = .inspect(try InspectOptions(options))
    case .bench: self = .bench(try BenchOptions(options))
    case .verify: self = .verify(try VerifyOptions(options))
    case .report: self = .report(try ReportOptions(options))
    case .methods, .colormaps, .man:
      try options.refuseOperands(beyond: 0, of: command)
      self = command == .methods ? .methods : command == .man ? .man : .colormaps
    case .completions:
      try options.refuseOperands(beyond: 1, of: command)
      self = .completions(try Self.shell(options.operands.first))
    case .help:
      try options.refuseOperands(beyond: 1, of: command)
      guard let name = options.operands.first else {
        self = .help(nil)
        return
      }
      self = .help(try ArgumentParser.commandNamed(name.description))
    }
  }

  private static func shell(_ operand: FilePath?) throws(InputError) -> Shell {
    let names = Shell.allCases.map(\.rawValue)
    guard let operand else {
      throw InputError("\(Command.completions.rawValue)", "no shell is named", remedy: "\(listed(names))")
    }
    if let shell = Shell(rawValue: operand.description) { return shell }
    throw InputError("\(operand)", "is not a shell that completions are made for", remedy: "\(listed(names))")
  }
}

/// `gradcam explain`.
struct ExplainOptions: Equatable, Sendable {
  /// Images, folders, and `-` for one image from standard input.
  var operands: [FilePath]
  var weights: FilePath
  var model: ModelOptions
  var inputs: InputOptions
  var maps: MapOptions
  var look: LookOptions
  var outputs: OutputOptions
  var records: RecordOptions
  var running: RunningOptions
  var verbosity: Verbosity
  /// See `Options.recipe`.
  var recipe: [String]

  init(_ options: Options) throws(InputError) {
    guard !options.operands.isEmpty || options.inputs.filesFrom != nil else {
      throw InputError("explain", "no image is named", remedy: "an image, a folder, - or --files-from FILE")
    }
    guard let weights = options.weights else {
      throw InputError("--weights", "is required", remedy: "--weights FILE names the model")
    }
    (operands, self.weights) = (options.operands, weights)
    (model, inputs, maps, look) = (options.model, options.inputs, options.maps, options.look)
    (outputs, running, verbosity) = (options.outputs, options.running, options.verbosity)
    (records, recipe) = (options.records, options.recipe)
    if outputs.typedDirectory == nil { outputs.typedDirectory = records.report }
    try checkInputs()
    try checkRecords()
    try checkPrinting()
    try checkRegions()
    try OutputNames(self).check(imageCount: operands.count)
  }

  private func checkInputs() throws(InputError) {
    guard operands.count(where: \.isDash) < 2 else {
      throw InputError("-", "is named twice, but standard input holds one image")
    }
    if inputs.filesFrom?.isDash == true, operands.contains(where: \.isDash) {
      throw InputError("-", "standard input cannot be an image and the list of --files-from", remedy: "one of the two")
    }
    if inputs.isNULSeparated, inputs.filesFrom == nil {
      throw InputError("--null", "says how a list is separated, but there is none", remedy: "--files-from FILE")
    }
  }

  private func checkRegions() throws(InputError) {
    if look.threshold != nil, !look.hasBoxes, !look.hasContours {
      throw InputError("--threshold", "is what boxes and contours are drawn at", remedy: "--boxes, --contours or both")
    }
  }

  private func checkRecords() throws(InputError) {
    if records.isResuming, records.kept == nil {
      throw InputError("--resume", "goes on from records, but there are none", remedy: "--records FILE or --report DIR")
    }
    if records.isResuming, outputs.file?.isDash == true {
      throw InputError("--resume", "cannot tell what went to standard output", remedy: "--output FILE")
    }
    if records.file?.isDash == true {
      throw InputError("--records", "cannot be standard output", remedy: "name a file, or --jsonl")
    }
  }

  private func checkPrinting() throws(InputError) {
    let formats = [(outputs.isJSON, "--json"), (outputs.isJSONLines, "--jsonl"), (outputs.isCSV, "--csv")]
    let typed = formats.filter(\.0).map(\.1)
    if typed.count > 1 {
      throw InputError("\(typed[0])", "cannot be given with \(typed[1])", remedy: "one of the two")
    }
    if outputs.file?.isDash == true, outputs.format != .text {
      let other = typed.first ?? ""
      throw InputError("--output", "- and \(other) both write to standard output", remedy: "name a file")
    }
    if outputs.dump?.isDash == true {
      throw InputError("--dump", "cannot be written to standard output", remedy: "name a file")
    }
  }
}

/// `gradcam convert`.
struct ConvertOptions: Equatable, Sendable {
  /// The model to read.
  var source: FilePath
  /// The model file to write.
  var output: FilePath
  var model: ModelOptions
  var defaultLayer: String?
  var verbosity: Verbosity

  init(_ options: Options) throws(InputError) {
    source = try options.onlyOperand(of: .convert)
    guard let output = options.outputs.file else {
      throw InputError("--output", "is required", remedy: "--output FILE names the model file to write")
    }
    guard !output.isDash else {
      throw InputError("--output", "a model file cannot be written to standard output", remedy: "name a file")
    }
    guard output.normalized != source.normalized else {
      throw InputError("--output", "'\(output)' is the model that is read", remedy: "another name")
    }
    self.output = output
    (model, defaultLayer, verbosity) = (options.model, options.defaultLayer, options.verbosity)
  }
}

/// `gradcam inspect`.
struct InspectOptions: Equatable, Sendable {
  var source: FilePath
  var model: ModelOptions
  var isJSON: Bool
  var verbosity: Verbosity

  init(_ options: Options) throws(InputError) {
    source = try options.onlyOperand(of: .inspect)
    (model, isJSON, verbosity) = (options.model, options.outputs.isJSON, options.verbosity)
  }
}

/// `gradcam verify`.
struct VerifyOptions: Equatable, Sendable {
  /// Files of records; `-` is standard input.
  var records: [FilePath]
  /// The model, in the place of those that records name.
  var weights: FilePath?
  var running: RunningOptions
  var verbosity: Verbosity

  init(_ options: Options) throws(InputError) {
    guard !options.operands.isEmpty else {
      throw InputError("verify", "no records are named", remedy: "gradcam verify \(Command.verify.operands)")
    }
    (records, weights, running, verbosity) = (options.operands, options.weights, options.running, options.verbosity)
  }
}

/// `gradcam bench`.
struct BenchOptions: Equatable, Sendable {
  var source: FilePath
  /// What to explain; nil for a seeded image.
  var image: FilePath?
  var model: ModelOptions
  /// nil for the model's own.
  var layer: String?
  var running: RunningOptions
  var maps: MapOptions
  var isJSON: Bool
  /// Whether the plan's steps are timed instead.
  var listsSteps: Bool
  /// Whether everything that becomes of the image is timed instead.
  var listsStages: Bool
  var verbosity: Verbosity

  /// How often each job is timed.
  var runs: Int { running.runs ?? 30 }

  init(_ options: Options) throws(InputError) {
    source = try options.model(of: .bench, operands: 2)
    image = options.operands.dropFirst().first
    (model, layer, running, maps) = (options.model, options.defaultLayer, options.running, options.maps)
    (isJSON, verbosity) = (options.outputs.isJSON, options.verbosity)
    (listsSteps, listsStages) = (options.outputs.listsSteps, options.outputs.listsStages)
    if listsStages, image == nil {
      throw InputError(
        "--stages", "begins with decoding an image, and none is named", remedy: "bench MODEL IMAGE --stages")
    }
  }
}

extension Options {
  fileprivate func onlyOperand(of command: Command) throws(InputError) -> FilePath {
    try model(of: command, operands: 1)
  }

  /// The first operand of at most `limit`.
  fileprivate func model(of command: Command, operands limit: Int) throws(InputError) -> FilePath {
    guard let first = operands.first else {
      throw InputError(
        "\(command.rawValue)", "no model is named", remedy: "gradcam \(command.rawValue) \(command.operands)")
    }
    try refuseOperands(beyond: limit, of: command)
    return first
  }

  fileprivate func refuseOperands(beyond limit: Int, of command: Command) throws(InputError) {
    guard operands.count > limit else { return }
    let usage = command.operands.isEmpty ? "" : " \(command.operands)"
    throw InputError("\(operands[limit])", "is one operand too many", remedy: "gradcam \(command.rawValue)\(usage)")
  }
}
