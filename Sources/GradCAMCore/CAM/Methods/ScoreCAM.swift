/// Score-CAM: ReLU(Σ_k w_k·A_k), where w is the softmax over the channels of the scores y(x⊙M_k), and the mask M_k is channel k enlarged
/// to the input and scaled to 0…1. No gradients; a forward pass a channel.
///
/// Wang et al., "Score-CAM: Score-Weighted Visual Explanations for Convolutional Neural Networks", 2020 (arXiv 1910.01279). The baseline's
/// score, which the paper takes away from each, is left out: a softmax does not see it. pytorch-grad-cam enlarges with aligned corners;
/// torch-cam scales before it enlarges.
public struct ScoreCAM: CAMMethod {
  public let name = "scorecam"
  public let paper = "Wang et al. 2020, arXiv 1910.01279"
  public let needs: MethodNeeds = .forwardPasses

  public init() {}

  public func explain(_ evidence: Evidence) throws -> Finding {
    let masks = ChannelMasks(evidence)
    let rows = try evidence.once(name) {
      try evidence.perturbed(name, count: masks.distinct.count, isAtInput: true) { index, target in
        masks.apply(masks.distinct[index], to: target)
      }
    }
    return masks.finding(weighedBy: evidence.score.values(of: rows), evidence)
  }
}

/// The channels of a layer as masks over the input, from 0 to 1.
struct ChannelMasks {
  /// Channels whose masks are to be tried: all, but of those that are the same everywhere, whose masks are all 0, only the first.
  let distinct: [Int]
  private let places: [Int]
  private let activations: Tensor
  private let input: Tensor
  private let resampler: PlaneResampler
  private let compat: PeerLibrary?

  init(_ evidence: Evidence) {
    (activations, input, compat) = (evidence.activations, evidence.input, evidence.settings.compat)
    let (layer, image) = (activations.shape, input.shape)
    resampler = PlaneResampler(
      from: (layer.h, layer.w), to: (image.h, image.w), alignsCorners: compat == .pytorchGradCAM)
    var (distinct, places): ([Int], [Int]) = ([], [])
    var firstFlat: Int?
    for c in 0..<layer.c {
      let plane = activations.plane(c)
      let isFlat = evidence.settings.usesShortcuts && plane.allSatisfy { $0 == plane[0] }
      if isFlat, let firstFlat {
        places.append(firstFlat)
      } else {
        if isFlat { firstFlat = distinct.count }
        places.append(distinct.count)
        distinct.append(c)
      }
    }
    (self.distinct, self.places) = (distinct, places)
  }

  /// Σ_k w_k·A_k with w the softmax of the distinct channels' scores.
  func finding(weighedBy scores: [Float], _ evidence: Evidence) -> Finding {
    var finding = Finding(evidence.weightedSum(normalizedExponentials(byChannel(scores))))
    finding.verdict = evidence.verdict(ofScores: scores, isVaried: !activations.isFlat)
    return finding
  }

  /// What holds for the distinct channels, by channel.
  func byChannel(_ values: [Float]) -> [Float] { places.map { values[$0] } }

  /// The mask of a channel: H·W of the input.
  func mask(_ channel: Int) -> [Float] {
    let plane = activations.plane(channel)
    return compat == .torchCAM ? resampler.enlarge(scaled(plane)) : scaled(resampler.enlarge(plane))
  }

  /// Writes x⊙f(M_k).
  func apply(
    _ channel: Int, to target: UnsafeMutablePointer<Float>,
    _ change: (_ mask: Float, _ position: Int) -> Float = { m, _ in m }
  ) {
    let (mask, channels) = (mask(channel), input.shape.c)
    for position in mask.indices {
      let factor = change(mask[position], position)
      for i in position * channels..<(position + 1) * channels { target[i] = input.elements[i] * factor }
    }
  }

  private func scaled(_ plane: [Float]) -> [Float] {
    guard let least = plane.min(), let most = plane.max(), most > least else { return plane.map { _ in 0 } }
    let range = most - least + (compat == nil ? 0 : 1e-8)
    return plane.map { ($0 - least) / range }
  }
}
