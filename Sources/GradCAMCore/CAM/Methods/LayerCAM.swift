import Glibc

/// LayerCAM: ReLU(Σ_k ReLU(G)⊙A).
///
/// Jiang et al., "LayerCAM: Exploring Hierarchical Class Activation Maps for Localization", IEEE Transactions on Image Processing 2021.
/// torch-cam sharpens maps by tanh(2·x) before it fuses layers.
public struct LayerCAM: CAMMethod {
  public let name = "layercam"
  public let paper = "Jiang et al. 2021, IEEE TIP 30"

  public init() {}

  public func partOfFusion(_ map: Heatmap, in library: PeerLibrary) -> Heatmap {
    guard library == .torchCAM else { return map }
    return Heatmap(width: map.width, height: map.height, values: map.values.map { tanhf(2 * $0) })
  }

  public func explain(_ evidence: Evidence) -> Finding { Finding(positive: evidence.sum { a, g in max(g, 0) * a }) }
}
