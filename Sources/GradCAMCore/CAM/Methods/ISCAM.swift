/// IS-CAM: Score-CAM whose scores are means over scaled masks, y(x⊙(i/n)·M_k) for i from 1 to n = 10.
///
/// Naidu et al., "IS-CAM: Integrated Score-CAM for axiomatic-based explanations", 2020 (arXiv 2010.03023). torch-cam adds the factors up
/// as it goes (0.1, 0.3, 0.6 … 5.5).
public struct ISCAM: CAMMethod {
  public let name = "iscam"
  public let paper = "Naidu et al. 2020, arXiv 2010.03023"
  public let needs: MethodNeeds = [.forwardPasses, .steps]
  private static let steps = 10

  public init() {}

  public func explain(_ evidence: Evidence) throws -> Finding {
    let masks = ChannelMasks(evidence)
    let steps = evidence.settings.samples ?? Self.steps
    let factors = (1...steps).map { step -> Float in
      let sum = evidence.settings.compat == .torchCAM ? step * (step + 1) / 2 : step
      return Float(sum) / Float(steps)
    }
    let rows = try evidence.once(name) {
      try evidence.perturbed(name, count: masks.distinct.count * steps, isAtInput: true) { index, target in
        masks.apply(masks.distinct[index / steps], to: target) { mask, _ in mask * factors[index % steps] }
      }
    }
    let scores = evidence.score.values(of: rows)
    let means = masks.distinct.indices.map { channel in
      Float(scores[channel * steps..<(channel + 1) * steps].reduce(0.0) { $0 + Double($1) } / Double(steps))
    }
    return masks.finding(weighedBy: means, evidence)
  }
}
