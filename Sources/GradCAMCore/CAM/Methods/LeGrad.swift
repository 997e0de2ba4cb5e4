public import ModelFormats

/// LeGrad: the mean over blocks, heads and queries of max(0, ∂s_l/∂A_l), where A_l are block l's softmaxes and s_l is the score that the
/// network's end, from behind the last block, makes of what leaves block l.
///
/// Bousselham et al., "LeGrad: An Explainability Method for Vision Transformers via Feature Formation Sensitivity", 2024
/// (arXiv 2404.03214). Where the network reads a class token, its end is given the mean of all tokens, as in the authors' code and in
/// torch-cam; where it reads the picture's tokens, they are what it is given. The authors' code begins at the last block but one unless
/// told otherwise; here all blocks count, as in the paper.
public struct LeGrad: CAMMethod {
  public let name = "legrad"
  public let paper = "Bousselham et al. 2024, arXiv 2404.03214"
  public let needs: MethodNeeds = [.attention, .forwardPasses, .backwardPasses]
  public let appliesReLU = false
  public let normalization: Normalization? = .minmax

  public init() {}

  /// Gradients are all that the map is made of: passes forward only bring what leaves each block.
  public func acrossProcessors(hasKinks: Bool) -> ProcessorTolerance { hasKinks ? .jumping : .steady }

  public func check(_ site: MethodSite) throws(InputError) {
    guard try site.wholeAttentions(for: self).blocks == nil else { return }
    throw InputError(
      .method, "legrad scores what leaves each block, and no sum behind each attention is all that is passed on",
      remedy: "chefer")
  }

  public func explain(_ evidence: Evidence) throws -> Finding {
    let probe = evidence.attentionProbe
    let end = try probe.block(probe.last).call
    guard let grid = probe.attentions.sites[probe.last].grid else { preconditionFailure("not checked") }
    var (sums, seesGradient) = ([Double](repeating: 0, count: probe.attentions.sites[probe.last].keys), false)
    for index in probe.attentions.sites.indices {
      let tokens = try probe.block(index).output
      let axis = probe.attentions.averagedAxis
      let given = axis.map { tokens.averaged(along: $0) } ?? tokens
      let slope = try evidence.network.gradient(of: evidence.score, behind: end, at: given)
      // A mean that stands for every token passes on the mean of their gradients.
      let own = axis.map { slope.averaged(along: $0) } ?? slope
      guard let gradient = try probe.gradient(at: index, ofBlockOutput: own) else { continue }
      seesGradient = seesGradient || !gradient.isZero
      let factor = 1 / Double(gradient.queries * probe.attentions.sites.count)
      for query in 0..<gradient.queries {
        for (key, mean) in gradient.mean(ofQuery: query, { $0 < 0 ? 0 : $0 }).enumerated() {
          sums[key] += mean * factor
        }
      }
    }
    return evidence.finding(grid.map(sums), seesGradient: seesGradient)
  }
}

extension Tensor {
  /// The mean along an axis, in every place along it.
  fileprivate func averaged(along axis: Int) -> Tensor {
    let lanes = StoredAxis(shape, axis)
    return Tensor(shape) { target in
      lanes.forEachLane { start in
        var sum = 0.0
        for index in 0..<lanes.size { sum += Double(elements[start + index * lanes.step]) }
        for index in 0..<lanes.size { target[start + index * lanes.step] = Float(sum / Double(lanes.size)) }
      }
    }
  }
}
