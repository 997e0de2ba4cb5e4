/// HiResCAM: ReLU(Σ_k G⊙A).
///
/// Draelos and Carin, "Use HiResCAM instead of Grad-CAM for faithful explanations of convolutional neural networks", 2020
/// (arXiv 2011.08891).
public struct HiResCAM: CAMMethod {
  public let name = "hirescam"
  public let paper = "Draelos and Carin 2020, arXiv 2011.08891"

  public init() {}

  public func explain(_ evidence: Evidence) -> Finding { Finding(evidence.sum { a, g in g * a }) }
}
