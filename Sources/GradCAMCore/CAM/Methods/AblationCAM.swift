/// Ablation-CAM: ReLU(Σ_k w_k·A_k) with w_k = (y − y_k) / |y|, where y_k is the score with channel k set to 0.
///
/// Desai and Ramaswamy, "Ablation-CAM: Visual Explanations for Deep Convolutional Network via Gradient-free Localization", WACV 2020. The
/// network goes on from the layer, in batches. Where the rest of it is affine, y − y_k is Σ G·A over the channel's positions. The
/// paper divides by y, which turns the map over where the score is negative; pytorch-grad-cam does, too, and instead of 0 it sets
/// channels of layers that are nowhere exactly 0 to the least value less 10⁷, 2·10⁷, and so on through a batch of 32.
///
/// The weights suit channels that are nowhere negative, as behind a ReLU: what a channel says by negative values gets a positive weight,
/// and is drawn as if it spoke against the class. Behind a transformer's norm that are half of the channels, and Grad-CAM points better,
/// whether or not the class token's channel is ablated, too.
public struct AblationCAM: CAMMethod {
  public let name = "ablationcam"
  public let paper = "Desai and Ramaswamy 2020, WACV"
  public let needs: MethodNeeds = [.gradients, .forwardPasses]

  public init() {}

  public func explain(_ evidence: Evidence) throws -> Finding {
    let score = evidence.score.value(of: evidence.outputs[0])
    let isPGC = evidence.settings.compat == .pytorchGradCAM
    let divisor = isPGC ? score : score == 0 ? 1 : abs(score)
    let drops = try drops(evidence, score, isPGC)
    var finding = Finding(evidence.weightedSum(drops.map { $0 / divisor }))
    if drops.allSatisfy({ $0 == 0 }), !evidence.activations.isZero { finding.verdict = evidence.indifference }
    return finding
  }

  /// By channel, y − y_k.
  private func drops(_ evidence: Evidence, _ score: Float, _ isPGC: Bool) throws -> [Float] {
    let shape = evidence.activations.shape
    let source = evidence.activations.stored
    let least = source.min() ?? 0
    let sinks = isPGC && least != 0
    if evidence.settings.usesShortcuts, !sinks, evidence.head?.isAffine ?? false {
      return evidence.channelSums { a, g in Double(a) * Double(g) }.map(Float.init)
    }
    let batch = evidence.settings.batch ?? 32
    let rows = try evidence.once(name) {
      try evidence.perturbed(name, count: shape.c, isAtInput: false) { channel, target in
        target.update(from: source, count: source.count)
        let fill = sinks ? least - 1e7 * Float(channel % batch + 1) : 0
        for position in 0..<shape.h * shape.w { target[position * shape.c + channel] = fill }
      }
    }
    return evidence.score.values(of: rows).map { score - $0 }
  }
}
