public import ModelFormats

/// A library whose definitions of metrics can be had instead of the papers'.
public enum MetricLibrary: String, Sendable, CaseIterable {
  case pytorchGradCAM = "pytorch-grad-cam"
  case torchCAM = "torch-cam"
  case captum
  case quantus
  case openvinoXAI = "openvino-xai"

  /// Whose maps its users measure; nil for a library that measures maps of any origin, where they are the papers'.
  public var maps: PeerLibrary? {
    switch self {
    case .pytorchGradCAM: .pytorchGradCAM
    case .torchCAM: .torchCAM
    case .captum: .captum
    case .quantus, .openvinoXAI: nil
    }
  }

  /// What the library defines, each under the name of the paper's metric whose place it takes, or under a name that no other has.
  public var metrics: [any Metric] {
    switch self {
    case .pytorchGradCAM:
      [
        PytorchGradCAMDrop(), PytorchGradCAMIncrease(), PytorchGradCAMCoherency(), PytorchGradCAMComplexity(),
        PytorchGradCAMRoadMostFirst(), PytorchGradCAMRoadLeastFirst(), PytorchGradCAMRoadCombined(),
        PytorchGradCAMARCC(),
      ]
    case .torchCAM: [TorchCAMInsertion(), TorchCAMDeletion(), TorchCAMAverageDrop(), TorchCAMIncrease()]
    case .captum: [CaptumInfidelity(), CaptumSensitivity()]
    case .quantus:
      [
        QuantusPixelFlipping(), QuantusComplexity(), QuantusSparseness(), QuantusPointingGame(),
        QuantusAttributionLocalisation(), QuantusMassAccuracy(), QuantusRankAccuracy(), QuantusTopKIntersection(),
        // The paper's, by scikit-learn's curve.
        PixelAUROC(),
      ]
    case .openvinoXAI:
      [
        OpenVINOInsertion(), OpenVINODeletion(), OpenVINOAverageDrop(), OpenVINOCoherency(), OpenVINOComplexity(),
        OpenVINOADCC(), OpenVINOPointingGame(),
      ]
    }
  }
}

extension Metrics {
  /// All metrics, as a library defines them where it does, and the library's alone.
  public static func all(of library: MetricLibrary) -> [any Metric] {
    definitions(all, of: library) + library.metrics.filter { metric in isOfLibrariesAlone(metric.name) }
  }

  /// Metrics as a library defines them, by their names: those that it has not stay what they are.
  public static func definitions(_ metrics: [any Metric], of library: MetricLibrary?) -> [any Metric] {
    let own = library?.metrics ?? []
    return metrics.map { metric in own.first { $0.name == metric.name } ?? metric }
  }

  /// The metrics of a word, as `named(_:)` has them, by a library's definitions.
  ///
  /// - Throws: as `named(_:)`, and about a metric that another library alone has.
  public static func named(_ word: String, compat library: MetricLibrary?) throws(InputError) -> [any Metric] {
    let metrics = definitions(try named(word), of: library)
    try requireDefinitions(metrics, of: library)
    return metrics
  }

  /// Refuses a metric that libraries alone have, and this one has not.
  ///
  /// - Throws: `InputError` about `metrics`.
  public static func requireDefinitions(_ metrics: [any Metric], of library: MetricLibrary?) throws(InputError) {
    let own = library?.metrics.map(\.name) ?? []
    guard let stranger = metrics.first(where: { isOfLibrariesAlone($0.name) && !own.contains($0.name) }) else { return }
    let owners = MetricLibrary.allCases.filter { $0.metrics.contains { $0.name == stranger.name } }
    throw InputError(
      .metrics, "\(stranger.name) is a library's alone",
      remedy: "--compat \(owners.map(\.rawValue).joined(separator: " or "))")
  }

  /// What libraries have beside the metrics of `all`: one a name.
  public static let ofLibrariesAlone: [any Metric] = {
    let known = Set(all.map(\.name))
    return MetricLibrary.allCases.flatMap(\.metrics).reduce(into: []) { found, metric in
      if !known.contains(metric.name), !found.contains(where: { $0.name == metric.name }) { found.append(metric) }
    }
  }()

  private static func isOfLibrariesAlone(_ name: String) -> Bool { ofLibrariesAlone.contains { $0.name == name } }
}

extension MetricSubject {
  /// Positions from the greatest value to the least, ties as they stand in the picture: what a stable descending sort gives.
  static func stableOrder(_ values: [Float]) -> [Int] {
    values.indices.sorted { values[$0] == values[$1] ? $0 < $1 : values[$0] > values[$1] }
  }
}
