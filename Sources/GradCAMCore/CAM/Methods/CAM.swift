public import ModelFormats

/// CAM: Σ_k w_k·A_k with w_k the weight of channel k in the linear head behind global average pooling. No ReLU.
///
/// Zhou et al., "Learning Deep Features for Discriminative Localization", 2016 (arXiv 1512.04150). Behind pooling over P positions the
/// gradient at every position is w_k / P, which is where the weights are read from.
public struct CAM: CAMMethod {
  public let name = "cam"
  public let paper = "Zhou et al. 2016, arXiv 1512.04150"
  public let appliesReLU = false

  public init() {}

  public func check(_ site: MethodSite) throws(InputError) {
    for layer in site.layers {
      let head = Head(site.model.graph, behind: layer, shapes: try site.shapes(), at: site.point)
      guard !(head?.isPooled ?? false) else { continue }
      throw InputError(
        .method, "cam needs a linear head behind global average pooling, and \(layer) does not lead into one",
        remedy: "gradcam, which equals it where there is one")
    }
  }

  public func explain(_ evidence: Evidence) -> Finding {
    if let map = evidence.classMap() { return Finding(map) }
    let positions = Float(evidence.activations.shape.h * evidence.activations.shape.w)
    return Finding(evidence.weightedSum(evidence.gradients.channelMeans().map { $0 * positions }))
  }
}
