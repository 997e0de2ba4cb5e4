import GradCAMCore
import ModelFormats

/// What `evaluate` may be told.
struct EvaluationOptions: Sendable {
  /// Names of methods, or `all` for those that can serve the model.
  var methods = ["gradcam"]
  /// Paths of layers, or `auto`.
  var layers: [String] = []
  var metrics: [any Metric] = Metrics.usual
  var settings = MetricSettings()
  /// Whose definitions and maps; nil for the papers'.
  var library: MetricLibrary?
  /// A folder of masks.
  var masks: FilePath?
  /// A file of boxes or outlines.
  var boxes: FilePath?
  var requirements: [Requirement] = []
  /// By what tables are made beside that of all images.
  var groups: [MapGroup.Kind] = []

  /// Whether the table for people also has each row's difference from the first.
  var showsDifferences = false

  /// The page to write.
  var page: FilePath?

  static let everything = "all"
  static let automatic = "auto"
}

/// A bound on a mean, without which `evaluate` fails: `pointing>=0.7`, `layercam:deletion<=0.2`.
struct Requirement: Sendable, Hashable {
  enum Relation: String, CaseIterable, Sendable {
    // Longer ones first: one begins with another.
    case atLeast = ">="
    case atMost = "<="
    case above = ">"
    case below = "<"

    func holds(_ left: Double, _ right: Double) -> Bool {
      switch self {
      case .atLeast: left >= right
      case .atMost: left <= right
      case .above: left > right
      case .below: left < right
      }
    }
  }

  /// nil for the first.
  let method: String?
  let metric: String
  let relation: Relation
  let bound: Double

  /// A bound on a metric of `evaluate`.
  ///
  /// - Throws: `InputError` without a subject.
  init(_ bytes: [UInt8]) throws(InputError) {
    try self.init(bytes, as: "pointing>=0.7") { metric throws(InputError) in
      let found: [any Metric]
      do throws(InputError) { found = try Metrics.named(metric) } catch {
        throw InputError("", error.problem, remedy: error.remedy)
      }
      guard found.map(\.name) == [metric] else {
        throw InputError("", "\(metric) is several metrics", remedy: "one of them")
      }
    }
  }

  /// - Parameters:
  ///   - example: what would be right.
  ///   - check: refuses what is no name of anything that is measured.
  /// - Throws: `InputError` without a subject.
  init(_ bytes: [UInt8], as example: String, check: (String) throws(InputError) -> Void) throws(InputError) {
    let text = try ValueReader.text(bytes)
    let wanted: Message = "as in \(example), or layercam:\(example)"
    guard let relation = Relation.allCases.first(where: { text.contains($0.rawValue) }),
      let sign = text.firstRange(of: relation.rawValue)
    else { throw InputError("", "\(quoted(bytes)) bounds nothing", remedy: "\(wanted)") }
    let name = text[..<sign.lowerBound].split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard name.count <= 2, !name.contains("") else {
      throw InputError("", "\(quoted(bytes)) names no metric", remedy: "\(wanted)")
    }
    bound = try ValueReader.number("a number, \(wanted)") { $0.isFinite }(Array(text[sign.upperBound...].utf8))
    metric = name[name.count - 1]
    try check(metric)
    method = name.count == 2 ? name[0] : nil
    self.relation = relation
  }

  /// Refuses a bound on what a run does not compare or measure.
  ///
  /// - Parameter flag: the one that names methods.
  func check(methods: [String], metrics: [String], flag: String = "--methods") throws(InputError) {
    guard metrics.contains(metric) else {
      throw InputError("--require", "\(description) bounds what is not measured", remedy: "--metrics \(metric)")
    }
    guard let method, !methods.contains(method) else { return }
    throw InputError(
      "--require", "\(description) bounds a method that is not compared", remedy: "\(flag) \(methods[0]),\(method)")
  }

  var description: String { (method.map { "\($0):" } ?? "") + "\(metric)\(relation.rawValue)\(bound.trimmed(6))" }
}
