/// Recipro-CAM: at each position the score of the network with everything but that position of the layer set to 0, less the least of
/// these scores.
///
/// Byun and Lee, "Recipro-CAM: Fast gradient-free visual explanations for convolutional neural networks", 2022 (arXiv 2209.14074), whose
/// min-max scaling takes the least score away. The network goes on from the layer, in batches. Where the rest of it is affine, the
/// score is b + Σ_k G·A with b the score of a layer of zeros.
public struct ReciproCAM: CAMMethod {
  public let name = "reciprocam"
  public let paper = "Byun and Lee 2022, arXiv 2209.14074"
  public let needs: MethodNeeds = [.gradients, .forwardPasses]
  public let appliesReLU = false

  public init() {}

  public func explain(_ evidence: Evidence) throws -> Finding {
    let shape = evidence.activations.shape
    let scores = try scores(evidence)
    let least = scores.min() ?? 0
    var finding = Finding(Heatmap(width: shape.w, height: shape.h, values: scores.map { $0 - least }))
    finding.verdict = evidence.verdict(ofScores: scores, isVaried: !evidence.activations.isFlat)
    return finding
  }

  /// By position.
  private func scores(_ evidence: Evidence) throws -> [Float] {
    let shape = evidence.activations.shape
    let source = evidence.activations.stored
    if evidence.settings.usesShortcuts, evidence.head?.isAffine ?? false {
      // Without b, which the least score takes away again.
      return evidence.gradients.withElements { g in
        (0..<shape.h * shape.w).map { position in
          Float((position * shape.c..<(position + 1) * shape.c).reduce(0.0) { $0 + Double(g[$1]) * Double(source[$1]) })
        }
      }
    }
    let rows = try evidence.once(name) {
      try evidence.perturbed(name, count: shape.h * shape.w, isAtInput: false) { position, target in
        target.update(repeating: 0, count: source.count)
        for i in position * shape.c..<(position + 1) * shape.c { target[i] = source[i] }
      }
    }
    return evidence.score.values(of: rows)
  }
}
