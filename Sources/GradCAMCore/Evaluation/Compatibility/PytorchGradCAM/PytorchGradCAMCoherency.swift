/// pytorch-grad-cam 1.5.7's `Coherency`: (r + 1) / 2 with r = cov(A, B) / (σ(A)·σ(B) + 1e-8), where A is the map and B that of the image scaled
/// by it, both at the input's size.
///
/// It departs from the paper (Poppi et al. 2021) in the 1e-8, which makes ½ of a map of one value in the place of no number, and in that maps
/// are compared after they were enlarged.
public struct PytorchGradCAMCoherency: Metric {
  public let name = "coherency"
  public let paper = "pytorch-grad-cam 1.5.7, Coherency"
  public let isBetterHigh = true
  public let needs: MetricNeeds = .explanations

  public init() {}

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    MetricFinding(try subject.pytorchGradCAMCoherency())
  }
}

extension MetricSubject {
  func pytorchGradCAMCoherency() throws -> Double {
    try once("pytorch-grad-cam coherency") {
      let mask = pytorchGradCAMMask
      let again = pytorchGradCAMScaled(try explanation(of: masked(mask)))
      let (left, right) = (mask.values.map(Double.init), again.values.map(Double.init))
      let (means, last) = ((mean(left), mean(right)), Double(left.count - 1))
      let pairs = zip(left, right).map { ($0 - means.0, $1 - means.1) }
      let covariance = pairs.reduce(0) { $0 + $1.0 * $1.1 } / last
      let deviations = (
        (pairs.reduce(0) { $0 + $1.0 * $1.0 } / last).squareRoot(),
        (pairs.reduce(0) { $0 + $1.1 * $1.1 } / last).squareRoot()
      )
      return (covariance / (deviations.0 * deviations.1 + 1e-8) + 1) / 2
    }
  }

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
}
