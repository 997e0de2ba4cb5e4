import GradCAMCore
import ModelFormats

/// Reads the options that a record keeps, `--name=value` words, as those of `explain`.
typealias RecipeReader = @Sendable ([String]) throws(InputError) -> Options

/// What was typed, of any command: each flag of the table sets a field, in the library's own types where it has them.
///
/// Filling it needs no file; each command checks what the fields mean together.
struct Options: Sendable {
  var operands: [FilePath] = []
  var weights: FilePath?
  /// What a model file does not say, or says wrongly; see `modelOverrides` for its labels.
  var model = Model.Overrides()
  /// A file of labels, or the word for those that are built in: see `LabelFile`.
  var labels: FilePath?
  var inputs = InputOptions()
  var decoding = ImageDecoder.Options()
  var maps = Explainer.Options()
  /// Whether an image fails unless every verdict is ok.
  var isStrict = false
  var look = LookOptions()
  var outputs = OutputOptions()
  var records = RecordOptions()
  var running = RunningOptions()
  var report = ReportOptions()
  var sheet = SheetOptions()
  var evaluation = EvaluationOptions()
  var diff = DiffOptions()
  var verbosity = Verbosity.normal
  /// What was typed of the flags that decide what is made of an image, each as `--name=value`, in the table's order.
  var recipe: [String] = []
  /// What of it `convert` takes, too, to keep it in a model file.
  var modelWords: [String] = []

  /// Where overlays go without `--output`.
  var outputDirectory: FilePath { outputs.directory ?? records.report ?? FilePath(".") }
}

/// Where images come from and how they are read.
struct InputOptions: Sendable {
  /// Whether folders are followed all the way down.
  var isRecursive = false
  /// A file that lists paths; `-` is standard input.
  var filesFrom: FilePath?
  var isNULSeparated = false
  /// The part of the images that is explained; nil for all.
  var shard: Shard?
  /// Whether a JPEG may be decoded at less than its size.
  var isDecodedFast = false
}

/// How the overlay is drawn; nil for what suits the map: see `OverlayStyle.init(of:isSigned:)`.
struct LookOptions: Sendable {
  var colormap: ColorMap?
  var alpha: Double?
  var gamma: Double?
  var resample: Interpolation?
  /// The percentile of the map's magnitudes from which on colours are full.
  var clip: Double?
  var canvas = Canvas.input
  var hasPanel = false
  /// From which value on a map counts.
  var threshold: Double?
  var hasBoxes = false
  var hasContours = false

  /// The marks around regions; nil where nobody asks for boxes or contours.
  var marks: RegionMarks? {
    guard hasBoxes || hasContours else { return nil }
    return RegionMarks(threshold: Float(usedThreshold), drawsBoxes: hasBoxes, drawsContours: hasContours)
  }

  /// The threshold that was typed, else the usual one.
  var usedThreshold: Double { threshold ?? 0.5 }
}

/// What is written and where.
struct OutputOptions: Sendable {
  /// The one overlay; `-` is standard output.
  var file: FilePath?
  /// See `Options.outputDirectory`.
  var directory: FilePath?
  var heatmap: HeatmapTemplate?
  var dump: FilePath?
  var isJSON = false
  var isJSONLines = false
  var isCSV = false
  /// Whether `bench` lists the steps of the plan.
  var listsSteps = false
  /// Whether `bench` times everything that becomes of an image instead.
  var listsStages = false

  /// What the overlay is written as: a PNG to standard output, to what is no file on disk, and below a folder.
  var overlayFormat: FileFormat {
    file.flatMap { try? FileFormat(endingOf: $0.bytes, offered: FileFormat.pictures) } ?? .png
  }

  /// How results are printed.
  var format: ResultFormat { isJSONLines ? .jsonLines : isJSON ? .jsonArray : isCSV ? .csv : .text }
}

/// What is printed for an image.
enum ResultFormat: Sendable { case text, jsonArray, jsonLines, csv }

/// What is kept of a run, for another run to go on from.
struct RecordOptions: Sendable {
  /// The file that records are appended to.
  var file: FilePath?
  /// Whether images are passed over that the file and the outputs prove finished.
  var isResuming = false
  /// The run ends with this many failed images; nil for never.
  var maxErrors: Int?
  /// The folder of the report.
  var report: FilePath?

  /// What the page in that folder is called.
  static let pageName = FilePath("index.html")

  /// The file that records are kept in.
  var kept: FilePath? { file ?? report?.appending(FilePath("records.jsonl")) }
}

/// How the work is shared out; nil leaves it to the tool.
struct RunningOptions: Sendable {
  var jobs: Int?
  var threads: Int?
  /// How often `bench` times each job.
  var runs: Int?
}

/// What `report` may be told.
struct ReportOptions: Sendable {
  /// What relative paths in the records are relative to.
  var base = FilePath(".")
  /// The page's heading; nil for the name of the first file of records.
  var title: String?
  var pictures = PicturePlacement.auto
  /// A table of images and their classes.
  var truth: FilePath?
}

/// What a contact sheet is made of.
struct SheetOptions: Sendable {
  /// What relative paths in the records are relative to.
  var base = FilePath(".")
  /// The longest side of a picture, in pixels.
  var cell = 224
}

/// Where a report's pictures are kept.
enum PicturePlacement: String, Choice {
  /// In the page up to a number of pictures, in files beyond: see `ReportWriter`.
  case auto
  case page, files
}
