extension Evaluator {
  /// What is measured of which maps.
  public struct Options: Sendable {
    /// How maps are made: methods, layers, targets, settings.
    public var maps = Explainer.Options()
    /// What is measured of each.
    public var metrics: [any Metric] = Metrics.usual
    /// Maps that know nothing of the model, and are measured beside the methods'.
    public var baselines: [any CAMMethod] = Baselines.all
    /// What all metrics take.
    public var settings = MetricSettings()

    /// Grad-CAM at the model's own layer by the usual metrics, beside all baselines.
    public init() {}
  }
}
