import Glibc

/// Integrated gradients: x⊙∫ ∂y/∂x (α·x) dα from 0 to 1, summed over the input's channels: what each pixel adds to the score on the way
/// from an input of zeros (the normalisation's mean colour).
///
/// Sundararajan, Taly and Yan, "Axiomatic Attribution for Deep Networks", 2017 (arXiv 1703.01365), by Gauss's and Legendre's rule with 50
/// points. The sum is y(x) − y(0) but for the rule's error, which is reported.
public struct IntegratedGradients: CAMMethod {
  public let name = "integratedgradients"
  public let paper = "Sundararajan et al. 2017, arXiv 1703.01365"
  public let needs: MethodNeeds = [.input, .backwardPasses, .steps]
  public let isSigned = true
  public let hasOutliers = true

  public init() {}

  public func explain(_ evidence: Evidence) throws -> Finding {
    let input = evidence.input
    let rule = Self.rule(evidence.settings.samples ?? 50)
    let batch = evidence.settings.batch(of: input.count, limit: 8)
    var sums = [Double](repeating: 0, count: input.count)
    for start in stride(from: 0, to: rule.count, by: batch) {
      evidence.progress?(name, start, rule.count)
      let points = rule[start..<min(start + batch, rule.count)]
      let inputs = Tensor.concatenating(points.map { point in input.mapped { $0 * Float(point.place) } })
      let gradients = try evidence.network.inputGradients(of: evidence.score, at: inputs)
      for (row, point) in points.enumerated() {
        for i in sums.indices { sums[i] += point.weight * Double(gradients.elements[row * input.count + i]) }
      }
    }
    evidence.progress?(name, rule.count, rule.count)
    let attributions = input.zipped(input.withValues(sums.map(Float.init))) { $0 * $1 }
    var finding = Finding(attributions, .sum, evidence.settings)
    if sums.allSatisfy({ $0 == 0 }) { finding.verdict = evidence.indifference }
    finding.completenessError = try completenessError(attributions, evidence)
    return finding
  }

  private func completenessError(_ attributions: Tensor, _ evidence: Evidence) throws -> Float {
    let zero = try evidence.scores(of: Tensor(repeating: 0, evidence.input.shape))[0]
    let difference = Double(evidence.score.value(of: evidence.outputs[0])) - Double(zero)
    let sum = attributions.withElements { $0.reduce(0.0) { $0 + Double($1) } }
    return Float(abs(sum - difference) / max(abs(difference), .leastNormalMagnitude))
  }

  /// The places and weights of Gauss's and Legendre's rule on 0…1: the roots of Legendre's polynomial by Newton's iteration.
  static func rule(_ count: Int) -> [(place: Double, weight: Double)] {
    (0..<count).map { index in
      var x = cos(.pi * (Double(index) + 0.75) / (Double(count) + 0.5))
      var slope = 1.0
      for _ in 0..<50 {
        var (previous, value) = (1.0, x)
        for degree in stride(from: 2, through: count, by: 1) {
          let n = Double(degree)
          (previous, value) = (value, ((2 * n - 1) * x * value - (n - 1) * previous) / n)
        }
        slope = Double(count) * (x * value - previous) / (x * x - 1)
        let step = value / slope
        x -= step
        if abs(step) < 1e-15 { break }
      }
      return ((1 - x) / 2, 1 / ((1 - x * x) * slope * slope))
    }
  }
}
