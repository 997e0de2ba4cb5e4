/// Grad-CAM++: ReLU(Σ_k w_k·A_k) with w_k = Σ α·ReLU(G) over the positions and α = G² / (2·G² + G³·ΣA).
///
/// Chattopadhay et al., "Grad-CAM++: Improved Visual Explanations for Deep Convolutional Networks", 2018 (arXiv 1710.11063). α is
/// computed as 1 / (2 + G·ΣA), the same without small powers; where that denominator is within 1e-6 of 0 it counts as 0.
/// pytorch-grad-cam adds 1e-6 to the denominator, which rules it where gradients are small; torch-cam leaves the division out.
public struct GradCAMPlusPlus: CAMMethod {
  public let name = "gradcam++"
  public let paper = "Chattopadhay et al. 2018, arXiv 1710.11063"

  public init() {}

  public func explain(_ evidence: Evidence) -> Finding {
    let shape = evidence.activations.shape
    let sums = evidence.channelSums { a, _ in Double(a) }
    let weights = evidence.gradients.withElements { g in
      (0..<shape.c).map { c in
        var weight = 0.0
        for position in 0..<shape.h * shape.w {
          let gradient = Double(g[position * shape.c + c])
          if gradient > 0 { weight += Self.alpha(gradient, sums[c], evidence.settings.compat) * gradient }
        }
        return Float(weight)
      }
    }
    return Finding(positive: evidence.weightedSum(weights))
  }

  static func alpha(_ g: Double, _ sum: Double, _ compat: PeerLibrary?) -> Double {
    switch compat {
    case .torchCAM: return g * g
    case .pytorchGradCAM: return g * g / (2 * g * g + g * g * g * sum + 1e-6)
    case .captum, nil:
      let denominator = 2 + g * sum
      return abs(denominator) < 1e-6 ? 0 : 1 / denominator
    }
  }
}
