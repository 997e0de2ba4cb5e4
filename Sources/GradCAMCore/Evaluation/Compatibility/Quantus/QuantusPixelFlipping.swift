/// Quantus 0.6's `PixelFlipping`, its `get_auc_score`: the sum by trapezoids, a step being 1, of the class's probability while values of the input
/// become its least value, W values a step, the most relevant first.
///
/// It stands for deletion (Petsiuk et al. 2018), and departs from it: single values are taken away, so that a pixel's channels go one after the
/// other; the curve lacks the whole image; the area is not divided by the number of steps. `features_in_step` is the input's width, as its users
/// set it: the default of 1 is a pass a value. Equal values go in their own order, channel by channel; the library's order of them is NumPy's
/// quicksort, which another processor sorts another way.
public struct QuantusPixelFlipping: Metric {
  public let name = "deletion"
  public let paper = "Quantus 0.6, PixelFlipping"
  public let isBetterHigh = false
  public let needs: MetricNeeds = .forwardPasses

  public init() {}

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    let (input, positions) = (subject.input, subject.input.shape.h * subject.input.shape.w)
    let (channels, count) = (input.shape.c, input.count)
    let size = subject.settings.steps.map { (count + $0 - 1) / $0 } ?? input.shape.w
    // Of equal pixels the first channel's values, then the second's; of others each pixel's channels together.
    let values = subject.quantusScaled
    let order = MetricSubject.stableOrder((0..<count).map { values[$0 % positions] })
    let least = UnsafeBufferPointer(start: input.elements, count: count).min() ?? 0
    let steps = (count + size - 1) / size
    let scores = try subject.values(of: steps) { index, target in
      target.update(from: input.elements, count: count)
      for place in order[..<min(count, (index + 1) * size)] {
        target[place % positions * channels + place / positions] = least
      }
    }
    let area = zip(scores, scores.dropFirst()).reduce(0) { $0 + ($1.0 + $1.1) / 2 }
    let shares = (1...steps).map { Double(min(count, $0 * size)) / Double(count) }
    return MetricFinding(area, MetricCurve(shares: shares, values: scores))
  }
}

extension MetricSubject {
  /// The map divided by its greatest magnitude, as Quantus sorts it: rounding makes equal what is nearly so.
  var quantusScaled: [Float] {
    let most = relevance.values.reduce(0) { max($0, abs($1)) }
    return most > 0 ? relevance.values.map { $0 / most } : relevance.values
  }
}
