import ModelFormats

/// A word from a fixed list that a flag takes; `rawValue` is how it is typed.
protocol Choice: RawRepresentable<String>, CaseIterable, Equatable, Sendable {}

/// What was typed, of any command: each flag of the table updates one field.
///
/// Filling it needs no file; what the fields mean together is checked by `ExplainOptions` and its siblings.
struct Options: Equatable, Sendable {
  var operands: [FilePath] = []
  var weights: FilePath?
  var defaultLayer: String?
  var model = ModelOptions()
  var inputs = InputOptions()
  var maps = MapOptions()
  var look = LookOptions()
  var outputs = OutputOptions()
  var records = RecordOptions()
  var running = RunningOptions()
  var report = ReportTyping()
  var verbosity = Verbosity.normal
  /// What was typed of the flags that decide what is made of an image, each as `--name=value`, in the table's order.
  var recipe: [String] = []
}

/// What a model file does not say, or says wrongly.
struct ModelOptions: Equatable, Sendable {
  /// `NAME[:key=value,…]`, read by the library.
  var architecture: String?
  /// A preset and `key=value` pairs, read by the library.
  var preprocess: String?
  /// A file with a label a line.
  var labels: FilePath?
  var inputShape: InputShape?
  /// An output of an ONNX model; nil for the first.
  var outputName: String?
}

/// Channels, height and width of a model's input.
struct InputShape: Equatable, Sendable {
  var channels: Int
  var height: Int
  var width: Int
}

/// Where images come from and how they are read.
struct InputOptions: Equatable, Sendable {
  /// Whether folders are followed all the way down.
  var isRecursive = false
  /// A file that lists paths; `-` is standard input.
  var filesFrom: FilePath?
  var isNULSeparated = false
  var appliesOrientation = true
  /// The part of the images that is explained; nil for all.
  var shard: Shard?
  /// Whether a JPEG may be decoded at less than its size.
  var isDecodedFast = false
  /// The most pixels that an image may have; nil for the decoder's limit.
  var maxPixels: Int?
}

/// Which maps are made of an image.
struct MapOptions: Equatable, Sendable {
  enum Score: String, Choice { case logit, output }
  enum Normalization: String, Choice { case max, minmax, none }
  enum Fusion: String, Choice { case mean, max, product }
  enum Library: String, Choice {
    case pytorchGradCAM = "pytorch-grad-cam"
    case torchCAM = "torch-cam"
    case captum
  }

  /// As typed; see `methods`.
  var typedMethods: [String] = []
  /// As typed; see `targets`.
  var typedTargets: [String] = []
  /// Module paths, each once; empty for the model's own.
  var layers: [String] = []
  var score = Score.logit
  /// nil for the method's own.
  var normalization: Normalization?
  /// How the maps of several layers become one; nil for a map each.
  var fusion: Fusion?
  /// The class whose score is taken away from the target's.
  var against: String?
  var isSigned = false
  var isCounterfactual = false
  var smoothsByAugmentation = false
  var smoothsByEigenvector = false
  var seed: Int?
  var samples: Int?
  var batch: Int?
  /// Seconds for a sampling method.
  var budget: Double?
  /// The library whose numbers and pictures are wanted; nil for the papers'.
  var compat: Library?
  /// Whether an image fails unless every verdict is ok.
  var isStrict = false

  static let defaultMethod = "gradcam"
  static let defaultTarget = "top"

  /// Names of methods, each once, in the order typed.
  var methods: [String] { typedMethods.isEmpty ? [Self.defaultMethod] : typedMethods }
  /// Classes by index or label, or `top`, `top5`, `all`; each once, in the order typed.
  var targets: [String] { typedTargets.isEmpty ? [Self.defaultTarget] : typedTargets }

  /// Whether more than one class is asked for, whatever an image turns out to hold.
  var hasSeveralTargets: Bool { targets.count > 1 || targets == ["top5"] || targets == ["all"] }
}

/// How the overlay is drawn.
struct LookOptions: Equatable, Sendable {
  enum Resample: String, Choice { case bicubic, bilinear, nearest }
  enum Canvas: String, Choice { case input, original }

  // As typed; nil for what suits the map: see `OverlayStyle.init(_:compat:)`.
  var colormap: String?
  var alpha: Double?
  var gamma: Double?
  var resample: Resample?
  var canvas = Canvas.input
  var hasPanel = false
  /// From which value on a map counts; nil where nobody asks for boxes or contours.
  var threshold: Double?
  static let usualThreshold = 0.5
  var hasBoxes = false
  var hasContours = false
}

/// What is written and where.
struct OutputOptions: Equatable, Sendable {
  /// The one overlay; `-` is standard output.
  var file: FilePath?
  /// As typed; see `ExplainOptions.outputs`.
  var typedDirectory: FilePath?
  /// Where overlays go without `file`.
  var directory: FilePath { typedDirectory ?? FilePath(".") }
  var heatmap: HeatmapTemplate?
  var dump: FilePath?
  var isJSON = false
  var isJSONLines = false
  var isCSV = false
  /// Whether `bench` lists the steps of the plan.
  var listsSteps = false
  /// Whether `bench` times everything that becomes of an image instead.
  var listsStages = false

  /// How results are printed.
  var format: ResultFormat { isJSONLines ? .jsonLines : isJSON ? .jsonArray : isCSV ? .csv : .text }
}

/// What is printed for an image.
enum ResultFormat: Equatable, Sendable { case text, jsonArray, jsonLines, csv }

/// What is kept of a run, for another run to go on from.
struct RecordOptions: Equatable, Sendable {
  /// The file that records are appended to.
  var file: FilePath?
  /// Whether images are passed over that the file and the outputs prove finished.
  var isResuming = false
  /// The run ends with this many failed images; nil for never.
  var maxErrors: Int?
  /// The folder of the report.
  var report: FilePath?

  /// The file that records are kept in.
  var kept: FilePath? { file ?? report?.appending(FilePath("records.jsonl")) }
}

/// How the work is shared out; nil leaves it to the tool.
struct RunningOptions: Equatable, Sendable {
  enum Engine: String, Choice { case auto, im2col }

  var jobs: Int?
  var threads: Int?
  /// How often `bench` times each job.
  var runs: Int?
  var engine = Engine.auto
}

/// How much is said on standard error.
enum Verbosity: Equatable, Sendable { case quiet, normal, verbose }

extension FilePath {
  /// Whether this names standard input or output.
  var isDash: Bool { bytes == [UInt8(ascii: "-")] }
}
