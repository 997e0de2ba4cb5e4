/// XGrad-CAM: ReLU(Σ_k w_k·A_k) with w_k = Σ(G·A) / ΣA over the positions.
///
/// Fu et al., "Axiom-based Grad-CAM: Towards Accurate Visualization and Explanation of CNNs", 2020 (arXiv 2008.02312). A channel whose
/// sum is below 1e-7 of its magnitudes' has no weight; the libraries add 1e-7 and 1e-8 to the sum instead.
///
/// The weight is a mean of the gradient, with the activations' shares as its weights, where a channel is nowhere negative, as behind a
/// ReLU. Behind a transformer's norm values of both signs cancel in ΣA, the least sums give the largest weights, and Grad-CAM points
/// better.
public struct XGradCAM: CAMMethod {
  public let name = "xgradcam"
  public let paper = "Fu et al. 2020, arXiv 2008.02312"

  public init() {}

  public func explain(_ evidence: Evidence) -> Finding {
    let products = evidence.channelSums { a, g in Double(a) * Double(g) }
    let sums = evidence.channelSums { a, _ in Double(a) }
    let magnitudes = evidence.channelSums { a, _ in Double(abs(a)) }
    let weights = products.indices.map { c -> Float in
      switch evidence.settings.compat {
      case .pytorchGradCAM: return Float(products[c] / (sums[c] + 1e-7))
      case .torchCAM: return Float(products[c] / (sums[c] + 1e-8))
      case .captum, nil: return abs(sums[c]) <= 1e-7 * magnitudes[c] ? 0 : Float(products[c] / sums[c])
      }
    }
    return Finding(evidence.weightedSum(weights))
  }
}
