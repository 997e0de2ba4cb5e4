/// Smooth Grad-CAM++: Grad-CAM++ with each derivative in the place of its mean over noisy copies of the input.
///
/// Omeiza et al., "Smooth Grad-CAM++: An Enhanced Inference Level Visualization Technique for Deep Convolutional Neural Network Models",
/// 2019 (arXiv 1908.01224): w_k = Σ α·ReLU(mean G), α = mean G² / (2·mean G² + mean G³·ΣA). Ten samples, noise of deviation 0.3 on the
/// normalised input. torch-cam draws four, takes gradient and activations of the last one alone, and sums mean G³·A.
public struct SmoothGradCAMPlusPlus: CAMMethod {
  public let name = "smoothgradcam++"
  public let paper = "Omeiza et al. 2019, arXiv 1908.01224"
  public let needs: MethodNeeds = [.backwardPasses, .randomness, .samples]
  static let deviation: Float = 0.3

  public init() {}

  public func explain(_ evidence: Evidence) throws -> Finding {
    // Every other sample goes into the other half: the halves' difference tells how far both are from the mean.
    var halves = [Moments](repeating: Moments(count: evidence.activations.count), count: 2)
    var last: (activations: Tensor, gradients: Tensor)?
    let isTorchCAM = evidence.settings.compat == .torchCAM
    let batch = evidence.settings.batch(of: evidence.input.count, limit: 8)
    let samples = try evidence.sample(name, usual: isTorchCAM ? 4 : 10, batch: batch) { samples in
      let seen = try evidence.network.layerGradients(
        of: evidence.score, site: evidence.layerSite, at: evidence.noisyInputs(samples, deviation: Self.deviation))
      for (row, sample) in samples.enumerated() { halves[sample % 2].add(seen.gradients.images(row..<row + 1)) }
      let end = samples.count
      last = (seen.activations.images(end - 1..<end), seen.gradients.images(end - 1..<end))
    }
    let all = halves[0].joined(with: halves[1])
    if isTorchCAM, let last { return finding(torchCAM: all, last, evidence, samples) }
    var finding = Finding(positive: evidence.weightedSum(weights(all, evidence)))
    if all.areZero { finding.verdict = evidence.indifference }
    finding.samples = samples
    if samples > 1 {
      let maps = halves.map { evidence.weightedSum(weights($0, evidence)) }
      finding.samplingError = finding.map.error(ofHalves: maps[0], maps[1])
    }
    return finding
  }

  private func weights(_ moments: Moments, _ evidence: Evidence) -> [Float] {
    let channels = evidence.activations.shape.c
    let sums = evidence.channelSums { a, _ in Double(a) }
    var weights = [Double](repeating: 0, count: channels)
    for i in 0..<evidence.activations.count {
      let (g1, g2, g3) = moments.means(i)
      let denominator = 2 * g2 + g3 * sums[i % channels]
      // A NaN is let through, to be seen in the map.
      if !(g1 <= 0), denominator != 0 { weights[i % channels] += g2 / denominator * g1 }
    }
    return weights.map(Float.init)
  }

  /// torch-cam's numbers.
  private func finding(
    torchCAM moments: Moments, _ last: (activations: Tensor, gradients: Tensor), _ evidence: Evidence, _ samples: Int
  ) -> Finding {
    let shape = evidence.activations.shape
    let (clean, noisy) = (evidence.activations.stored, last.gradients.stored)
    var (sums, weights) = ([Double](repeating: 0, count: shape.c), [Double](repeating: 0, count: shape.c))
    for i in clean.indices { sums[i % shape.c] += moments.means(i).2 * Double(clean[i]) }
    for i in clean.indices {
      let g2 = moments.means(i).1
      weights[i % shape.c] += g2 / (2 * g2 + sums[i % shape.c] + 1e-8) * Double(max(noisy[i], 0))
    }
    let map = last.activations.withElements { a in
      Heatmap(width: shape.w, height: shape.h) { position in
        Float((0..<shape.c).reduce(0.0) { $0 + weights[$1] * Double(a[position * shape.c + $1]) })
      }
    }
    var finding = Finding(map)
    finding.samples = samples
    return finding
  }
}

/// Sums of the first three powers of gradients, element by element.
private struct Moments {
  private var sums: [(Double, Double, Double)]
  private var count = 0.0

  init(count: Int) { sums = Array(repeating: (0, 0, 0), count: count) }

  mutating func add(_ gradients: Tensor) {
    gradients.withElements { elements in
      for (i, element) in elements.enumerated() {
        let g = Double(element)
        sums[i].0 += g
        sums[i].1 += g * g
        sums[i].2 += g * g * g
      }
    }
    count += 1
  }

  func joined(with other: Moments) -> Moments {
    var result = self
    for i in sums.indices {
      result.sums[i].0 += other.sums[i].0
      result.sums[i].1 += other.sums[i].1
      result.sums[i].2 += other.sums[i].2
    }
    result.count += other.count
    return result
  }

  var areZero: Bool { sums.allSatisfy { $0.1 == 0 } }

  func means(_ i: Int) -> (Double, Double, Double) { (sums[i].0 / count, sums[i].1 / count, sums[i].2 / count) }
}
