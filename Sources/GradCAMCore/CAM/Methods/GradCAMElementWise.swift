/// Element-wise Grad-CAM: Σ_k ReLU(G⊙A).
///
/// Known from the library pytorch-grad-cam, whose documentation describes it.
public struct GradCAMElementWise: CAMMethod {
  public let name = "gradcam-elementwise"
  public let paper = "Gildenblat 2021, pytorch-grad-cam"

  public init() {}

  public func explain(_ evidence: Evidence) -> Finding {
    Finding(positive: evidence.sum { a, g in max(g * a, 0) })
  }
}
