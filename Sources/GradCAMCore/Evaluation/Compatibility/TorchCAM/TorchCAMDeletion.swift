/// torch-cam 0.5's `deletion_auc` of `DeletionInsertionMetric`: the area under the class's probability over 20 steps of ⌈H·W/20⌉ pixels, by
/// trapezoids over the shares as they are.
///
/// It departs from the paper (Petsiuk et al. 2018) in its 20 steps in the place of one a pixel, and in that pixels of one value go in the
/// picture's order, upper left first. What replaces pixels, zeros of the normalised input, is the data set's mean colour.
public struct TorchCAMDeletion: Metric {
  public let name = "deletion"
  public let paper = "torch-cam 0.5, DeletionInsertionMetric"
  public let isBetterHigh = false
  public let needs: MetricNeeds = .forwardPasses

  public init() {}

  public func passes(_ settings: MetricSettings) -> Int { settings.steps ?? 20 }

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    let curve = try subject.torchCAMExchange(inserts: false)
    return MetricFinding(curve.area, curve)
  }
}
