/// openvino_xai 1.1's `insertion` of `InsertionDeletionAUC`: |Σ yᵢ − (y₀ + yₙ)/2| / n over n = 30 steps, where step i shows the ⌊i·H·W/n⌋ most
/// relevant pixels on black.
///
/// It departs from the paper (Petsiuk et al. 2018) in that insertion begins with black and not with the blurred image, and in that all steps
/// weigh the same whatever pixels they hold. Pixels of one value come in the picture's order. The library's order of them is NumPy's quicksort,
/// which is not stable; of maps of 8 bits, as its own explainers make them, it puts pixels of value 0 first (it negates unsigned bytes), which is
/// not followed.
public struct OpenVINOInsertion: Metric {
  public let name = "insertion"
  public let paper = "openvino_xai 1.1, InsertionDeletionAUC"
  public let isBetterHigh = true
  public let needs: MetricNeeds = .forwardPasses

  public init() {}

  public func passes(_ settings: MetricSettings) -> Int { (settings.steps ?? 30) + 1 }

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    try subject.openVINOArea(from: subject.blackImage, to: subject.input)
  }
}

extension MetricSubject {
  /// A picture of black pixels as it enters the network: the library's images are pictures, and preprocessing follows.
  var blackImage: Tensor {
    let channels = input.shape.c
    return Tensor(input.shape) { target in
      for i in 0..<input.count { target[i] = black[i % channels] }
    }
  }

  /// The area under the class's value while pixels of one picture are put into another.
  func openVINOArea(from: Tensor, to: Tensor) throws -> MetricFinding {
    let order = Self.stableOrder(relevance.values)
    let steps = settings.steps ?? 30
    let counts = (0...steps).map { order.count * $0 / steps }
    let values = try PixelExchange(self, from: from, to: to, order: order).values(after: counts)
    let area = abs(values.reduce(0, +) - (values[0] + values[steps]) / 2) / Double(steps)
    let curve = MetricCurve(shares: counts.map { Double($0) / Double(order.count) }, values: values)
    return MetricFinding(area, curve)
  }
}
