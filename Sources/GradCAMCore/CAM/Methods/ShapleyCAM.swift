/// Shapley-CAM: ReLU(Σ_k w_k·A_k) with w_k the mean over the positions of G − ½·H·A, where H is the score's Hessian at the layer.
///
/// Cai, "CAMs as Shapley Value-based Explainers", 2025 (arXiv 2501.06261). H·A is the central difference of the gradient between
/// A·(1 + ε) and A·(1 − ε), ε = 0.001, with every ReLU as open or shut as it is at A: it has no second derivative, and one that turned
/// would be taken for one. Where everything between the layer and the score is affine piece by piece (convolutions, ReLUs, poolings),
/// H is 0 and the method is Grad-CAM. The three go through the network's rest together, whatever the settings' `batch` says.
public struct ShapleyCAM: CAMMethod {
  public let name = "shapleycam"
  public let paper = "Cai 2025, arXiv 2501.06261"
  public let needs: MethodNeeds = [.gradients, .backwardPasses]
  private static let step: Float = 0.001

  public init() {}

  public func explain(_ evidence: Evidence) throws -> Finding {
    let means = evidence.gradients.channelMeans()
    if evidence.settings.usesShortcuts, evidence.head?.isPiecewiseAffine ?? false {
      return Finding(evidence.weightedSum(means))
    }
    let scaled = [1, 1 + Self.step, 1 - Self.step].map { factor in evidence.activations.mapped { $0 * factor } }
    let gradients = try evidence.network.gradients(
      of: evidence.score, site: evidence.layerSite, at: Tensor.concatenating(scaled), hooks: Self.keepGates)
    let (above, below) = (gradients.images(1..<2).channelMeans(), gradients.images(2..<3).channelMeans())
    let weights = means.indices.map { c in means[c] - 0.5 * (above[c] - below[c]) / (2 * Self.step) }
    return Finding(evidence.weightedSum(weights))
  }

  /// Has every ReLU pass back, for all images of a batch, what it lets through of the first.
  private static func keepGates(_ session: Session) throws {
    for path in session.graph.rectifiers {
      // A module that runs several times meets its backward passes in the opposite order.
      var outputs: [Tensor] = []
      _ = try session.registerForwardHook(path) { _, _, output in
        outputs.append(output)
        return nil
      }
      _ = try session.registerFullBackwardHook(path) { _, gradInputs, gradOutputs in
        guard let output = outputs.popLast() else { return nil }
        let (gradient, size) = (gradOutputs[0], output.count / max(output.shape.dimensions[0], 1))
        return gradInputs.map { old in
          old.map { _ in
            Tensor(gradient.shape) { target in
              for i in 0..<gradient.count { target[i] = output.elements[i % size] > 0 ? gradient.elements[i] : 0 }
            }
          }
        }
      }
    }
  }
}
