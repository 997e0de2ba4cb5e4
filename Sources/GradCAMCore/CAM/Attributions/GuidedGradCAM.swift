/// Guided Grad-CAM: guided backpropagation ⊙ Grad-CAM enlarged to the input, summed over the input's channels.
///
/// Selvaraju et al. 2017 (arXiv 1610.02391). The enlargement is bilinear, as in the paper; captum's repeats cells.
public struct GuidedGradCAM: ReLUMethod {
  public let name = "guidedgradcam"
  public let paper = "Selvaraju et al. 2017, arXiv 1610.02391"
  public let needs: MethodNeeds = [.gradients, .backwardPasses]

  public init() {}

  /// Guided backpropagation starts at the input, wherever the layer is.
  public func acrossProcessors(hasKinks: Bool) -> ProcessorTolerance { .jumping }

  public func explain(_ evidence: Evidence) throws -> Finding {
    let guided = try evidence.network.gradientsThroughReLUs(evidence.score, .guided)
    let evidenceAtLayer = evidence.weightedSum(evidence.gradients.channelMeans())
    let cam = evidenceAtLayer.positivePart()
    let (height, width, channels) = (guided.shape.h, guided.shape.w, guided.shape.c)
    let mask =
      evidence.settings.compat == .captum
      ? cam.repeated(height: height, width: width) : cam.enlarged(height: height, width: width)
    let product = Tensor(guided.shape) { target in
      for i in 0..<guided.count { target[i] = guided.elements[i] * mask.values[i / channels] }
    }
    var finding = try evidence.finding(fromReLUs: product)
    // The product has both signs, and is worth no more than the Grad-CAM in it.
    if finding.verdict == nil, Verdict.of(evidenceAtLayer, keepsNegative: false) == .faint { finding.verdict = .faint }
    return finding
  }
}
