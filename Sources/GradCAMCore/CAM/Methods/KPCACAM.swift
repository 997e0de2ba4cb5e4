/// KPCA-CAM: the first component of kernel PCA over the positions, with the kernel tanh(x·y / C + 1) of centred channels; then ReLU. It
/// knows no class.
///
/// Karmani et al., "KPCA-CAM: Visual Explainability of Deep Computer Vision Models using Kernel PCA", 2024 (arXiv 2410.00267). The sign
/// is the one whose inner product with the channels' sum is positive. The kernel's matrix has H·W rows: at early layers it is slow.
public struct KPCACAM: CAMMethod {
  public let name = "kpcacam"
  public let paper = "Karmani et al. 2024, arXiv 2410.00267"
  public let needs: MethodNeeds = []

  public init() {}

  public func explain(_ evidence: Evidence) -> Finding {
    Finding(Matrix(evidence.activations).centered().kernelPrincipalMap())
  }
}
