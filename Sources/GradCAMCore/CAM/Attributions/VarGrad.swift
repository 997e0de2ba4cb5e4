/// VarGrad: the variance of ∂y/∂x over noisy copies of the input; the largest over the channels.
///
/// Adebayo et al., "Local Explanation Methods for Deep Neural Networks Lack Sensitivity to Parameter Values", 2018 (arXiv 1810.03307). Noise
/// and samples are SmoothGrad's. The error reported is that of a variance of normal samples, √(2/(n−1)).
public struct VarGrad: NoisyGradientMethod {
  public let name = "vargrad"
  public let paper = "Adebayo et al. 2018, arXiv 1810.03307"

  public init() {}

  func summary(_ gradients: RunningMean) -> (values: [Double], error: Float?) {
    let variances = gradients.variances
    guard gradients.count > 1, let largest = variances.max(), largest > 0 else { return (variances, nil) }
    let square = variances.reduce(0) { $0 + $1 * $1 } / Double(variances.count)
    return (variances, Float((2 / Double(gradients.count - 1) * square).squareRoot() / largest))
  }
}
