/// Seg-Eigen-CAM: the first principal component of |G|⊙A, each channel less its mean, turned so that its value of the largest
/// magnitude is positive; then ReLU.
///
/// Chung and Ying, "Seg-Eigen-CAM", Applied Sciences 2025, 15(13), 7562.
public struct SegEigenCAM: CAMMethod {
  public let name = "segeigencam"
  public let paper = "Chung and Ying 2025, Appl. Sci. 15, 7562"

  public init() {}

  public func explain(_ evidence: Evidence) -> Finding {
    let products = zip(evidence.gradients.stored, evidence.activations.stored).map { abs($0) * $1 }
    return Finding(Matrix(products, of: evidence.activations.shape).centered().principalMap(.largestIsPositive))
  }
}
