/// Input × gradient: x⊙∂y/∂x, summed over the input's channels.
///
/// Shrikumar et al., "Not Just a Black Box: Learning Important Features Through Propagating Activation Differences", 2016
/// (arXiv 1605.01713).
public struct InputXGradient: CAMMethod {
  public let name = "inputxgradient"
  public let paper = "Shrikumar et al. 2016, arXiv 1605.01713"
  public let needs: MethodNeeds = [.gradients, .input]
  public let isSigned = true
  public let hasOutliers = true

  public init() {}

  public func explain(_ evidence: Evidence) -> Finding {
    Finding(evidence.input.zipped(evidence.gradients) { $0 * $1 }, .sum, evidence.settings)
  }
}
