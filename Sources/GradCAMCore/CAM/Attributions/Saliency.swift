/// Saliency: |∂y/∂x|, the largest over the input's channels.
///
/// Simonyan, Vedaldi and Zisserman, "Deep Inside Convolutional Networks: Visualising Image Classification Models and Saliency Maps", 2013
/// (arXiv 1312.6034).
public struct Saliency: CAMMethod {
  public let name = "saliency"
  public let paper = "Simonyan et al. 2013, arXiv 1312.6034"
  public let needs: MethodNeeds = [.gradients, .input]
  public let hasOutliers = true
  public let hasSides = false

  public init() {}

  public func explain(_ evidence: Evidence) -> Finding {
    Finding(evidence.gradients.mapped { abs($0) }, .largestMagnitude, evidence.settings)
  }
}
