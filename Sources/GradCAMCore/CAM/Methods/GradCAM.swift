/// Grad-CAM: ReLU(Σ_k w_k·A_k), where w_k is the mean over the positions of the score's gradient at channel k.
///
/// Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization", 2017 (arXiv 1610.02391).
/// Captum leaves the ReLU out.
public struct GradCAM: CAMMethod {
  public let name = "gradcam"
  public let paper = "Selvaraju et al. 2017, arXiv 1610.02391"

  public init() {}

  public func appliesReLU(in library: PeerLibrary) -> Bool { library != .captum }

  public func explain(_ evidence: Evidence) -> Finding {
    if var map = evidence.classMap() {
      let positions = Float(map.values.count)
      map.values = map.values.map { $0 / positions }
      return Finding(map)
    }
    return Finding(evidence.weightedSum(evidence.gradients.channelMeans()))
  }
}
