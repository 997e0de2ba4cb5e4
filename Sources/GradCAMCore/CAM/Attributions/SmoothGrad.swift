/// SmoothGrad: the mean of ∂y/∂x over noisy copies of the input; its largest magnitude over the channels.
///
/// Smilkov et al., "SmoothGrad: removing noise by adding noise", 2017 (arXiv 1706.03825): 50 samples, noise of 15 % of the input's range.
/// Captum draws 5 samples with a deviation of 1.
public struct SmoothGrad: NoisyGradientMethod {
  public let name = "smoothgrad"
  public let paper = "Smilkov et al. 2017, arXiv 1706.03825"

  public init() {}

  func summary(_ gradients: RunningMean) -> (values: [Double], error: Float?) {
    (gradients.means, gradients.relativeError)
  }
}
