/// Eigen-Grad-CAM: Eigen-CAM of G⊙A, each channel less its mean: ReLU of the first principal component, which knows the class.
///
/// Known from the library pytorch-grad-cam. The sign is the one whose inner product with the channels' sum is positive.
public struct EigenGradCAM: CAMMethod {
  public let name = "eigengradcam"
  public let paper = "Gildenblat 2021, pytorch-grad-cam, after arXiv 2008.00299"

  public init() {}

  public func explain(_ evidence: Evidence) -> Finding {
    let products = zip(evidence.gradients.stored, evidence.activations.stored).map { $0 * $1 }
    return Finding(Matrix(products, of: evidence.activations.shape).centered().principalMap(.agreesWithSum))
  }
}
