/// Eigen-CAM: ReLU(X·v), where X is the layer's H·W × C matrix and v its first right singular vector. It knows no class.
///
/// Muhammad and Yeasin, "Eigen-CAM: Class Activation Map using Principal Components", 2020 (arXiv 2008.00299). The sign, which the
/// decomposition leaves open, is the one whose inner product with the channels' sum is positive. pytorch-grad-cam takes each
/// channel's mean away first and leaves the sign to chance; under its name the means are taken away and the sign is ours.
public struct EigenCAM: CAMMethod {
  public let name = "eigencam"
  public let paper = "Muhammad and Yeasin 2020, arXiv 2008.00299"
  public let needs: MethodNeeds = []

  public init() {}

  public func explain(_ evidence: Evidence) -> Finding {
    let matrix = Matrix(evidence.activations)
    let isCentered = evidence.settings.compat == .pytorchGradCAM
    return Finding((isCentered ? matrix.centered() : matrix).principalMap(.agreesWithSum))
  }
}
