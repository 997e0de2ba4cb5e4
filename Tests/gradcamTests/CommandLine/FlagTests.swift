import GradCAMCore
import ModelFormats
import Testing

@testable import gradcam

/// A flag of `explain` with two values and what is seen of them.
struct FlagCase: Sendable, CustomTestStringConvertible {
  var name: String
  var short: String?
  var values: [String]
  /// What the field reads by default, with the first value, and with both.
  var expected: [String]
  var read: @Sendable (Options) -> String

  init(
    _ name: String, _ short: String? = nil, _ values: [String], _ expected: [String],
    _ read: @escaping @Sendable (Options) -> String
  ) {
    (self.name, self.short, self.values, self.expected, self.read) = (name, short, values, expected, read)
  }

  var testDescription: String { "--\(name)" }

  static let valued = [
    FlagCase("weights", "w", ["x", "y"], ["w.bin", "x", "y"]) { $0.weights.map { "\($0)" } ?? "-" },
    FlagCase("arch", nil, ["resnet18", "x:a=1,b=2"], ["-", "resnet18", "x:a=1,b=2"]) { $0.model.architecture ?? "-" },
    FlagCase("state", nil, ["model_ema", "net"], ["-", "model_ema", "net"]) { $0.model.state ?? "-" },
    FlagCase("head", nil, ["fc", "head"], ["-", "fc", "head"]) { $0.model.head ?? "-" },
    FlagCase("preprocess", nil, ["tf", "half,resize=2"], ["-", "tf", "half,resize=2"]) {
      $0.model.preprocessing ?? "-"
    },
    FlagCase("labels", nil, ["l", "m"], ["-", "l", "m"]) { $0.labels.map { "\($0)" } ?? "-" },
    FlagCase("input-shape", nil, ["1x2x3", "3x224x320"], ["-", "1 2 3", "3 224 320"]) {
      $0.model.inputShape.map { "\($0.channels) \($0.height) \($0.width)" } ?? "-"
    },
    FlagCase("activation", nil, ["sigmoid", "none"], ["auto", "sigmoid", "none"]) { $0.model.activation.rawValue },
    FlagCase("output-name", nil, ["probs", "logits"], ["-", "probs", "logits"]) { $0.model.outputName ?? "-" },
    FlagCase("files-from", nil, ["l", "-"], ["none", "l", "-"]) { $0.inputs.filesFrom.map { "\($0)" } ?? "none" },
    FlagCase("shard", nil, ["1/3", "3/3"], ["-", "1 of 3", "3 of 3"]) {
      $0.inputs.shard.map { "\($0.number) of \($0.count)" } ?? "-"
    },
    FlagCase("records", nil, ["a", "b"], ["-", "a", "b"]) { $0.records.file.map { "\($0)" } ?? "-" },
    FlagCase("report", nil, ["r", "s"], [".", "r", "s"]) { "\($0.outputDirectory)" },
    FlagCase("max-errors", nil, ["1", "20"], ["-", "1", "20"]) { $0.records.maxErrors.map(String.init) ?? "-" },
    FlagCase("max-pixels", nil, ["1", "4294967296"], ["268435456", "1", "4294967296"]) { "\($0.decoding.maxPixels)" },
    FlagCase("frame", nil, ["1", "30"], ["-", "1", "30"]) { $0.decoding.frame.map(String.init) ?? "-" },
    FlagCase("window", nil, ["2", "none"], ["number(nil)", "number(Optional(2))", "none"]) { "\($0.decoding.window)" },
    FlagCase(
      "method", "m", ["fem,layercam", "layercam,rise"], ["gradcam", "fem layercam", "fem layercam rise"]
    ) {
      $0.maps.methods.map(\.name).joined(separator: " ")
    },
    FlagCase("layer", "l", ["resnet_blocks.-1,a.b", "-1"], ["", "resnet_blocks.-1 a.b", "resnet_blocks.-1 a.b -1"]) {
      $0.maps.layers.joined(separator: " ")
    },
    FlagCase(
      "target", "t", ["great white shark, shark", "3"],
      ["top", "great white shark, shark", "great white shark, shark|3"]
    ) {
      $0.maps.targets.map(\.description).joined(separator: "|")
    },
    FlagCase("score", nil, ["output", "logit"], ["logit", "output", "logit"]) { $0.maps.score.rawValue },
    FlagCase("normalize", nil, ["none", "minmax"], ["own", "none", "minmax"]) {
      $0.maps.normalization?.rawValue ?? "own"
    },
    FlagCase("scale", nil, ["0.5", "2e3"], ["own", "0.5", "2000.0"]) { $0.maps.scale.map { "\($0)" } ?? "own" },
    FlagCase("fuse", nil, ["mean", "product"], ["-", "mean", "product"]) { $0.maps.fusion?.rawValue ?? "-" },
    FlagCase("against", nil, ["a, b", "3"], ["-", "a, b", "3"]) { $0.maps.against.map(\.description) ?? "-" },
    FlagCase("head-fusion", nil, ["max", "min"], ["-", "max", "min"]) {
      $0.maps.settings.headFusion?.rawValue ?? "-"
    },
    FlagCase("discard-ratio", nil, ["0", "0.9"], ["-", "0.0", "0.9"]) {
      $0.maps.settings.discardRatio.map { "\($0)" } ?? "-"
    },
    FlagCase("compat", nil, ["pytorch-grad-cam", "captum"], ["-", "pytorch-grad-cam", "captum"]) {
      $0.maps.settings.compat?.rawValue ?? "-"
    },
    FlagCase("seed", nil, ["0", "9223372036854775807"], ["0", "0", "9223372036854775807"]) {
      "\($0.maps.settings.seed)"
    },
    FlagCase("samples", nil, ["1", "1000000"], ["-", "1", "1000000"]) {
      $0.maps.settings.samples.map(String.init) ?? "-"
    },
    FlagCase("batch", nil, ["1", "1024"], ["-", "1", "1024"]) { $0.maps.settings.batch.map(String.init) ?? "-" },
    FlagCase("budget", nil, ["0.5", "2"], ["-", "0.5", "2.0"]) { $0.maps.settings.budget.map { "\($0)" } ?? "-" },
    FlagCase("colormap", nil, ["viridis", "gray"], ["own", "viridis", "gray"]) { $0.look.colormap?.name ?? "own" },
    FlagCase("alpha", nil, ["0", "1e0"], ["own", "0.0", "1.0"]) { $0.look.alpha.map { "\($0)" } ?? "own" },
    FlagCase("gamma", nil, [".5", "3"], ["own", "0.5", "3.0"]) { $0.look.gamma.map { "\($0)" } ?? "own" },
    FlagCase("clip", nil, ["99", "1e2"], ["own", "99.0", "100.0"]) { $0.look.clip.map { "\($0)" } ?? "own" },
    FlagCase("resample", nil, ["nearest", "bilinear"], ["own", "nearest", "bilinear"]) {
      $0.look.resample?.rawValue ?? "own"
    },
    FlagCase("canvas", nil, ["original", "input"], ["input", "original", "input"]) { $0.look.canvas.rawValue },
    FlagCase("output", "o", ["o.png", "-"], ["none", "o.png", "-"]) { $0.outputs.file.map { "\($0)" } ?? "none" },
    FlagCase("output-dir", "d", ["x", "y/z"], [".", "x", "y/z"]) { "\($0.outputDirectory)" },
    FlagCase("heatmap", nil, ["h.npy", "h.PNG"], ["none", "npy", "png"]) {
      $0.outputs.heatmap.map { "\($0.format)" } ?? "none"
    },
    FlagCase("dump", nil, ["d", "e.safetensors"], ["-", "d", "e.safetensors"]) {
      $0.outputs.dump.map { "\($0)" } ?? "-"
    },
    FlagCase("jobs", "j", ["5", "1024"], ["all", "5", "1024"]) { $0.running.jobs.map(String.init) ?? "all" },
    FlagCase("threads", nil, ["2", "1"], ["all", "2", "1"]) { $0.running.threads.map(String.init) ?? "all" },
    FlagCase("engine", nil, ["im2col", "auto"], ["auto", "im2col", "auto"]) { $0.maps.engine.rawValue },
  ]

  static let switches = [
    FlagCase("recursive", "r", [], ["false", "true"]) { "\($0.inputs.isRecursive)" },
    FlagCase("no-orient", nil, [], ["true", "false"]) { "\($0.decoding.applyOrientation)" },
    FlagCase("fast-decode", nil, [], ["false", "true"]) { "\($0.inputs.isDecodedFast)" },
    FlagCase("panel", nil, [], ["false", "true"]) { "\($0.look.hasPanel)" },
    FlagCase("signed", nil, [], ["false", "true"]) { "\($0.maps.settings.isSigned)" },
    FlagCase("counterfactual", nil, [], ["false", "true"]) { "\($0.maps.isCounterfactual)" },
    FlagCase("aug-smooth", nil, [], ["false", "true"]) { "\($0.maps.smoothsByAugmentation)" },
    FlagCase("eigen-smooth", nil, [], ["false", "true"]) { "\($0.maps.settings.smoothsByEigenvector)" },
    FlagCase("strict", nil, [], ["false", "true"]) { "\($0.isStrict)" },
    FlagCase("boxes", nil, [], ["false", "true"]) { "\($0.look.hasBoxes)" },
    FlagCase("contours", nil, [], ["false", "true"]) { "\($0.look.hasContours)" },
    FlagCase("csv", nil, [], ["text", "csv"]) { "\($0.outputs.format)" },
    FlagCase("json", nil, [], ["text", "jsonArray"]) { "\($0.outputs.format)" },
    FlagCase("jsonl", nil, [], ["text", "jsonLines"]) { "\($0.outputs.format)" },
    FlagCase("quiet", nil, [], ["normal", "quiet"]) { "\($0.verbosity)" },
    FlagCase("verbose", nil, [], ["normal", "verbose"]) { "\($0.verbosity)" },
  ]
}

@Suite struct FlagTests {
  @Test(arguments: FlagCase.valued) func `A flag with a value`(_ flag: FlagCase) throws {
    let (first, second, long) = (flag.values[0], flag.values[1], "--\(flag.name)")
    #expect(flag.read(try explain()) == flag.expected[0])
    #expect(flag.read(try explain(long, first)) == flag.expected[1])
    #expect(flag.read(try explain("\(long)=\(first)")) == flag.expected[1])
    #expect(flag.read(try explain(long, first, "\(long)=\(second)")) == flag.expected[2])
    guard let short = flag.short else { return }
    #expect(flag.read(try explain("-\(short)", first)) == flag.expected[1])
    #expect(flag.read(try explain("-\(short)\(first)")) == flag.expected[1])
    #expect(flag.read(try explain("-\(short)=\(first)")) == flag.expected[1])
    #expect(flag.read(try explain("-\(short)\(first)", "-\(short)", second)) == flag.expected[2])
  }

  @Test(arguments: FlagCase.switches) func `A switch`(_ flag: FlagCase) throws {
    #expect(flag.read(try explain()) == flag.expected[0])
    #expect(flag.read(try explain("--\(flag.name)")) == flag.expected[1])
    #expect(flag.read(try explain("--\(flag.name)", "--\(flag.name)")) == flag.expected[1])
    if let short = flag.short { #expect(flag.read(try explain("-\(short)")) == flag.expected[1]) }
    #expect(
      explainComplaint("--\(flag.name)=on") == "gradcam: --\(flag.name): takes no value, but 'on' was given")
  }

  @Test func `Every flag of explain is tried`() {
    let tried = Set(
      (FlagCase.valued + FlagCase.switches).map(\.name) + ["null", "threshold", "resume", "help", "version"])
    #expect(Set(Flag.table(of: .explain).map(\.name)) == tried)
  }

  @Test(arguments: CommandTable.all) func `Names and letters mean one flag in a command`(_ command: Command) {
    let flags = Flag.table(of: command)
    #expect(Set(flags.map(\.name)).count == flags.count)
    let letters = flags.compactMap(\.short)
    #expect(Set(letters).count == letters.count)
  }

  @Test func `What decides the picture is part of the recipe`() {
    let deciding = Flag.table(of: .explain).filter { [.model, .maps, .look].contains($0.category) }.map(\.name)
    let recipe = Flag.table(of: .explain).filter(\.isPartOfRecipe).map(\.name)
    // The model has a digest of its own in the record.
    let others = ["no-orient", "fast-decode", "frame", "window", "engine"]
    #expect(Set(recipe) == Set(deciding).subtracting(["weights"]).union(others))
  }

  @Test func `Switches combine behind one dash`() throws {
    let options = try explain("-r0", "--files-from", "l")
    #expect(options.inputs.isRecursive && options.inputs.isNULSeparated)
    let mixed = try explain("-r0j5", "--files-from=l")
    #expect(mixed.inputs.isRecursive && mixed.inputs.isNULSeparated && mixed.running.jobs == 5)
    #expect(try explain("-0", "--files-from=l", "--null").inputs.isNULSeparated)
  }

  @Test func `A threshold belongs to boxes or contours`() throws {
    #expect(try explain("--threshold", "0.25", "--boxes").look.threshold == 0.25)
    #expect(try explain("--contours", "--threshold=1").look.threshold == 1)
    #expect(explainComplaint("--threshold", ".5").hasPrefix("gradcam: --threshold: is what boxes and contours are "))
    #expect(explainComplaint("--threshold", "0", "--boxes").hasPrefix("gradcam: --threshold: '0' is out of range"))
  }

  @Test func `Numbers of nothing are refused`() {
    for words in [
      ["--samples", "0"], ["--batch", "0"], ["--max-pixels", "0"], ["--budget", "0"], ["--budget", "-1"],
    ] {
      #expect(explainComplaint(words[0], words[1]).contains("out of range") || words[1] == "-1", "\(words)")
    }
  }

  @Test func `Of quiet and verbose the last counts`() throws {
    #expect(try explain("--quiet", "--verbose").verbosity == .verbose)
    #expect(try explain("--verbose", "--quiet").verbosity == .quiet)
  }
}
