/// FEM: Σ_k mean(A_k)·[A_k ≥ μ_k + 2σ_k], with mean and (population) deviation over the positions. It knows no class.
///
/// Fuad et al., "Features Understanding in 3D CNNs for Actions Recognition in Video", IPTA 2020. pytorch-grad-cam weighs the channels
/// themselves, by the share of their positions above the threshold.
public struct FEM: CAMMethod {
  public let name = "fem"
  public let paper = "Fuad et al. 2020, IPTA"
  public let needs: MethodNeeds = []

  public init() {}

  /// A value beside its channel's threshold counts on one processor and does not on another.
  public func acrossProcessors(hasKinks: Bool) -> ProcessorTolerance { .jumping }

  public func explain(_ evidence: Evidence) -> Finding {
    let shape = evidence.activations.shape
    let positions = Double(shape.h * shape.w)
    let means = evidence.channelSums { a, _ in Double(a) }.map { $0 / positions }
    let squares = evidence.channelSums { a, _ in Double(a) * Double(a) }
    let thresholds = means.indices.map { c in
      means[c] + 2 * max(squares[c] / positions - means[c] * means[c], 0).squareRoot()
    }
    if evidence.settings.compat == .pytorchGradCAM {
      var counts = [Float](repeating: 0, count: shape.c)
      for (i, a) in evidence.activations.stored.enumerated() where Double(a) > thresholds[i % shape.c] {
        counts[i % shape.c] += 1
      }
      return Finding(evidence.weightedSum(counts.map { $0 / Float(positions) }))
    }
    let map = evidence.activations.withElements { a in
      Heatmap(width: shape.w, height: shape.h) { position in
        Float(
          (0..<shape.c).reduce(0.0) {
            Double(a[position * shape.c + $1]) >= thresholds[$1] ? $0 + means[$1] : $0
          })
      }
    }
    return Finding(map)
  }
}
