/// torch-cam 0.5's `insertion_auc` of `DeletionInsertionMetric`: the area under the class's probability over 20 steps of ⌈H·W/20⌉ pixels, by
/// trapezoids over the shares as they are.
///
/// It departs from the paper (Petsiuk et al. 2018) in that insertion begins with zeros of the normalised input, which are the data set's mean
/// colour and not the blurred image, and in that pixels of one value come in the picture's order, upper left first.
public struct TorchCAMInsertion: Metric {
  public let name = "insertion"
  public let paper = "torch-cam 0.5, DeletionInsertionMetric"
  public let isBetterHigh = true
  public let needs: MetricNeeds = .forwardPasses

  public init() {}

  public func passes(_ settings: MetricSettings) -> Int { settings.steps ?? 20 }

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    let curve = try subject.torchCAMExchange(inserts: true)
    return MetricFinding(curve.area, curve)
  }
}

extension MetricSubject {
  /// torch-cam's map as it is handed to metrics: scaled by its least and greatest value at the layer's size, then enlarged.
  var torchCAMMask: Heatmap {
    Normalization.torchCAM.scale(map).enlarged(height: input.shape.h, width: input.shape.w)
  }

  /// The curve of torch-cam's insertion or deletion.
  func torchCAMExchange(inserts: Bool) throws -> MetricCurve {
    let order = Self.stableOrder(torchCAMMask.values)
    let isGiven = settings.replacement != nil
    let blank = isGiven ? replacement : Tensor(repeating: 0, input.shape)
    let whole = try value()
    let empty = isGiven ? try valueOfReplacement() : try onceForClass("zeros") { try values(of: blank)[0] }
    let exchange = PixelExchange(self, from: inserts ? blank : input, to: inserts ? input : blank, order: order)
    return try exchange.curve(
      steps: settings.steps ?? 20, first: inserts ? empty : whole, last: inserts ? whole : empty)
  }
}
