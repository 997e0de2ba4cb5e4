/// Grad-CAM: ReLU(Σ_k w_k·A_k), where w_k is the mean over the positions of the score's gradient at channel k.
///
/// Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization", 2017 (arXiv 1610.02391).
public struct GradCAM: CAMMethod {
  public let name = "gradcam"
  public let needs = "gradients"
  public let paper = "Selvaraju et al. 2017, arXiv 1610.02391"
  public let appliesReLU = true

  public init() {}

  public func map(_ evidence: LayerEvidence) -> Heatmap {
    let shape = evidence.activations.shape
    let weights = evidence.gradients.channelMeans()
    let values = evidence.activations.withElements { a in
      (0..<shape.h * shape.w).map { position in
        var sum: Float = 0
        for c in 0..<shape.c { sum += weights[c] * a[position * shape.c + c] }
        return sum
      }
    }
    return Heatmap(width: shape.w, height: shape.h, values: values)
  }
}

extension Tensor {
  /// The mean over the positions of the first image, by channel.
  func channelMeans() -> [Float] {
    let positions = shape.h * shape.w
    var sums = [Double](repeating: 0, count: shape.c)
    withElements { elements in
      for position in 0..<positions {
        for c in 0..<shape.c { sums[c] += Double(elements[position * shape.c + c]) }
      }
    }
    return sums.map { Float($0 / Double(positions)) }
  }
}
