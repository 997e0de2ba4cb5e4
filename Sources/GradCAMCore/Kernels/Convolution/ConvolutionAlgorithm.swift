/// A way to compute a convolution.
enum ConvolutionAlgorithm: Hashable, Sendable {
  /// im2col and GEMM over weights as they are stored: the plain path, for checking.
  case im2col
  /// im2col and GEMM over packed weights.
  case panels
  case winograd(Winograd)
  /// Vector code for maps of few channels, without a matrix product.
  case direct
  /// Vector code for kernels of one channel, without a matrix product.
  case depthwise

  /// The name in listings.
  var name: String { form?.name ?? "im2col" }

  /// The order of weights that it multiplies by; nil for the stored one.
  var form: ConvolutionWeight.Form? {
    switch self {
    case .im2col: nil
    case .panels: .panels
    case .winograd(let winograd): .winograd(winograd)
    case .direct: .direct
    case .depthwise: .depthwise
    }
  }

  /// Whatever can compute a convolution of these sizes.
  static func candidates(_ g: ConvolutionGeometry) -> [ConvolutionAlgorithm] {
    if DepthwiseConvolution.suits(g) { return [.im2col, .depthwise] }
    return [.im2col, .panels] + (DirectConvolution.suits(g) ? [.direct] : [])
      + Winograd.allCases.filter { $0.suits(g) }.map(ConvolutionAlgorithm.winograd)
  }

  /// The fastest for one image of these sizes, by the estimates below. Batches are computed as their images are, so that what comes
  /// out does not depend on how many there are.
  static func choose(_ g: ConvolutionGeometry, _ engine: Engine) -> ConvolutionAlgorithm {
    if engine == .im2col { return .im2col }
    if DepthwiseConvolution.suits(g) { return .depthwise }
    if DirectConvolution.suits(g) { return .direct }
    let candidates = Winograd.allCases.filter { $0.suits(g) && $0.isWorthItsWeights(g) }
    return candidates.min { $0.cost(g) < $1.cost(g) }.map(ConvolutionAlgorithm.winograd) ?? .panels
  }

  // One core of an EPYC of the fourth generation, OpenBLAS 0.3.21 (SkylakeX kernels), milliseconds:
  //
  //   3×3, stride 1           panels   f43   f23     3×3, stride 2                   panels   f22s2
  //   64 at 128×128             12.3   4.1   6.5     64 to 128, from 128×128            5.8     4.7
  //   128 at 64×64              11.6   3.7   5.6     128 to 256, from 64×64             5.6     4.4
  //   256 at 32×32              11.3   3.5   5.2     256 to 512, from 32×32             5.7     4.6
  //   512 at 16×16              11.4   4.0   5.6     512 to 1024, from 16×16            5.8     5.1
  //   1024 at 8×8               11.4   6.6   6.4
  //   256 at 14×14               2.1   0.9   1.0
  //   512 at 7×7                 2.3   1.5   1.5
  //
  // The estimates, in cycles, follow them: a product takes a cycle for 16 multiplications at full rate, and a transform about one a
  // point and channel.

  fileprivate static func panelCost(_ g: ConvolutionGeometry) -> Double {
    let patches = Double(g.oh * g.ow * g.patch * g.groups)
    return patches * Double(g.groupK) / (16 * rate(g.oh * g.ow)) + (g.isPointwise ? 0 : patches / 6)
  }

  /// The share of the full rate that products of so many rows reach.
  private static func rate(_ rows: Int) -> Double { 0.95 * Double(rows) / (Double(rows) + 3) }

  /// What a transform to so many points costs, in `count` tiles of an image.
  fileprivate static func transformedCost(_ g: ConvolutionGeometry, tiles count: Int, points: Int) -> Double {
    let products = Double(count * points)
    return products * Double(g.k * g.groupC) / (16 * rate(count)) + products * Double(g.c + g.k)
  }
}

extension Winograd {
  fileprivate func cost(_ g: ConvolutionGeometry) -> Double {
    ConvolutionAlgorithm.transformedCost(g, tiles: count(g), points: points * points)
  }

  private func count(_ g: ConvolutionGeometry) -> Int {
    let size = tiles(g)
    return size.rows * size.columns
  }

  /// Whether what is gained makes up for the memory of the transformed weights: where they take more than 8 MB, at least a quarter of
  /// the time; and those of F(4×4, 3×3), four times as many as there were, are not worth more than 32 MB for a few tiles.
  fileprivate func isWorthItsWeights(_ g: ConvolutionGeometry) -> Bool {
    let floats = points * points * g.k * g.groupC
    if self == .f43 && floats > 1 << 23 && count(g) < 32 { return false }
    return cost(g) < ConvolutionAlgorithm.panelCost(g) * (floats > 1 << 21 ? 0.75 : 1)
  }
}
