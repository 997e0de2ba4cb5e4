/// VarGrad: the variance of ∂y/∂x over noisy copies of the input; the largest over the channels.
///
/// Adebayo et al., "Local Explanation Methods for Deep Neural Networks Lack Sensitivity to Parameter Values", 2018 (arXiv 1810.03307). Noise
/// and samples are SmoothGrad's. The error reported is that of a variance of normal samples, √(2/(n−1)).
public struct VarGrad: CAMMethod {
  public let name = "vargrad"
  public let paper = "Adebayo et al. 2018, arXiv 1810.03307"
  public let needs: MethodNeeds = [.input, .backwardPasses, .randomness, .samples]

  public init() {}

  public func explain(_ evidence: Evidence) throws -> Finding {
    let gradients = try evidence.noisyGradients(name)
    let variances = gradients.variances
    var finding = Finding(evidence.input.withValues(variances.map(Float.init)), .largestMagnitude, evidence.settings)
    finding.samples = gradients.count
    if gradients.isZero { finding.verdict = evidence.indifference }
    if gradients.count > 1, let largest = variances.max(), largest > 0 {
      let square = variances.reduce(0) { $0 + $1 * $1 } / Double(variances.count)
      finding.samplingError = Float((2 / Double(gradients.count - 1) * square).squareRoot() / largest)
    }
    return finding
  }
}
