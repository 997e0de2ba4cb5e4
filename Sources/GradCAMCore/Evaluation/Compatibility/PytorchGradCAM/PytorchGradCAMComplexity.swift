/// pytorch-grad-cam 1.5.7's `Complexity`: the mean of the map's magnitudes.
///
/// It departs from the paper (Poppi et al. 2021) in its map alone, which runs from its least value to its greatest at the input's size: a map
/// that is far from 0 everywhere is less complex than by its maximum alone.
public struct PytorchGradCAMComplexity: Metric {
  public let name = "complexity"
  public let paper = "pytorch-grad-cam 1.5.7, Complexity"
  public let isBetterHigh = false

  public init() {}

  public func measure(_ subject: MetricSubject) -> MetricFinding {
    MetricFinding(subject.pytorchGradCAMComplexity)
  }
}

extension MetricSubject {
  var pytorchGradCAMComplexity: Double {
    once("pytorch-grad-cam complexity") {
      let mask = pytorchGradCAMMask
      return mask.values.reduce(0.0) { $0 + Double(abs($1)) } / Double(mask.values.count)
    }
  }
}
