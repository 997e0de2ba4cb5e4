/// A method that shows how gradients at noisy copies of the input are distributed.
protocol NoisyGradientMethod: CAMMethod {
  /// What is shown, element by element in stored order, and its standard error as a share of its largest magnitude.
  func summary(_ gradients: RunningMean) -> (values: [Double], error: Float?)
}

extension NoisyGradientMethod {
  public var needs: MethodNeeds { [.input, .backwardPasses, .randomness, .samples] }
  public var hasOutliers: Bool { true }
  public var hasSides: Bool { false }

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
      mean.add(samples.count, threads: network.session.context.threads) { sample, element in
        gradients.elements[sample * input.count + element]
      }
    }
    return mean
  }
}
