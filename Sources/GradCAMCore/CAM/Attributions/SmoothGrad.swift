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

/// A method that shows how gradients at noisy copies of the input are distributed.
protocol NoisyGradientMethod: CAMMethod {
  /// What is shown, element by element in stored order, and its standard error as a share of its largest magnitude.
  func summary(_ gradients: RunningMean) -> (values: [Double], error: Float?)
}

extension NoisyGradientMethod {
  public var needs: MethodNeeds { [.input, .backwardPasses, .randomness, .samples] }

  public func explain(_ evidence: Evidence) throws -> Finding {
    let gradients = try evidence.noisyGradients(name)
    let (values, error) = summary(gradients)
    var finding = Finding(evidence.input.withValues(values.map(Float.init)), .largestMagnitude, evidence.settings)
    (finding.samples, finding.samplingError) = (gradients.count, error)
    if gradients.isZero { finding.verdict = evidence.indifference }
    return finding
  }
}

extension Evidence {
  /// The gradients at noisy copies of the input, element by element in stored order.
  fileprivate func noisyGradients(_ name: String) throws -> RunningMean {
    let isCaptum = settings.compat == .captum
    let values = input.stored
    let range = (values.max() ?? 0) - (values.min() ?? 0)
    var mean = RunningMean(count: input.count)
    _ = try sample(name, usual: isCaptum ? 5 : 50, batch: settings.batch(of: input.count, limit: 8)) { samples in
      let gradients = try network.inputGradients(
        of: score, at: noisyInputs(samples, deviation: isCaptum ? 1 : 0.15 * range))
      for row in 0..<samples.count { mean.add { gradients.elements[row * input.count + $0] } }
    }
    return mean
  }
}
