import GradCAMCore
import ModelFormats

extension Options {
  /// The options with metrics, and maps, as the library of `--compat` has them.
  ///
  /// - Throws: `InputError` about a metric that the library lacks and no paper here has, and about `--replacement` where the library has its own.
  func withDefinitions() throws(InputError) -> Options {
    var options = self
    let library = evaluation.library
    options.maps.settings.compat = library?.maps
    options.evaluation.metrics = Metrics.definitions(evaluation.metrics, of: library)
    do throws(InputError) { try Metrics.requireDefinitions(options.evaluation.metrics, of: library) } catch {
      throw InputError("--metrics", error.problem, remedy: error.remedy)
    }
    if let library, library.replacesAsItDoes, evaluation.settings.replacement != nil,
      let metric = options.ownMetrics.first(where: { ["insertion", "deletion"].contains($0) })
    {
      throw InputError("--replacement", "cannot change \(library.rawValue)'s \(metric)", remedy: "run without it")
    }
    return options
  }

  /// What is told of a run by a library's definitions: which metrics are its own; nil where all are the papers'.
  func definitionsNote(isMarked: Bool) -> Message? {
    guard let library = evaluation.library else { return nil }
    let metrics = evaluation.metrics.filter { isMarked || !$0.needs.contains(.truth) }.map(\.name)
    let own = ownMetrics.filter(metrics.contains)
    let maps: Message = library.maps == nil ? "maps are the papers'" : "maps are \(library.rawValue)'s, too"
    guard !own.isEmpty else { return "no metric here is \(library.rawValue)'s; \(maps)" }
    let rest: Message = own.count < metrics.count ? "; other metrics are the papers'" : ""
    return "\(library.rawValue)'s own: \(own.joined(separator: ", "))\(rest); \(maps)"
  }

  /// The metrics that the library defines.
  private var ownMetrics: [String] {
    let names = evaluation.library?.metrics.map(\.name) ?? []
    return evaluation.metrics.map(\.name).filter(names.contains)
  }
}

extension MetricLibrary {
  /// Whether nothing but the library's own stands in the place of pixels that insertion and deletion take away.
  fileprivate var replacesAsItDoes: Bool { self == .quantus || self == .openvinoXAI }
}
