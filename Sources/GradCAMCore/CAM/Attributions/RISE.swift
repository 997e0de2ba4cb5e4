/// RISE: the mean over random masks M of p(x⊙M)·M / E[M], where p is the class's probability and each cell of a mask's 7×7 grid is open
/// with probability ½; masks are enlarged bilinearly and shifted at random. 1000 masks.
///
/// Petsiuk, Das and Saenko, "RISE: Randomized Input Sampling for Explanation of Black-box Models", 2018 (arXiv 1806.07421). Where the
/// network is sure of the class under nearly every mask, the map is E[M] with the masks' own noise, and points nowhere.
public struct RISE: CAMMethod {
  public let name = "rise"
  public let paper = "Petsiuk et al. 2018, arXiv 1806.07421"
  public let needs: MethodNeeds = [.input, .forwardPasses, .randomness, .samples]
  public let normalization: Normalization? = .minmax
  private static let cells = 7

  public init() {}

  public func explain(_ evidence: Evidence) throws -> Finding {
    let shape = evidence.input.shape
    let size = evidence.settings.batch(of: evidence.input.count, limit: 16)
    let random = evidence.random(4)
    let cell = (h: (shape.h + Self.cells - 1) / Self.cells, w: (shape.w + Self.cells - 1) / Self.cells)
    let resampler = PlaneResampler(
      from: (Self.cells, Self.cells), to: ((Self.cells + 1) * cell.h, (Self.cells + 1) * cell.w))
    var mean = RunningMean(count: shape.h * shape.w)
    var (lowest, highest) = (Float.infinity, -Float.infinity)
    _ = try evidence.sample(name, usual: 1000, batch: size) { samples in
      let positions = shape.h * shape.w
      let masks = Tensor(Shape(samples.count, positions)) { target in
        parallelFor(samples.count, threads: evidence.network.session.context.threads) { row, _ in
          Self.mask(random, samples.lowerBound + row, resampler, cell, shape, to: target + row * positions)
        }
      }
      let batch = Tensor(shape.withImages(samples.count)) { target in
        parallelFor(samples.count, threads: evidence.network.session.context.threads) { row, _ in
          let masked = target + row * evidence.input.count
          for position in 0..<positions {
            let factor = masks.elements[row * positions + position]
            for i in position * shape.c..<(position + 1) * shape.c { masked[i] = evidence.input.elements[i] * factor }
          }
        }
      }
      let rows = try evidence.network.outputs(of: batch, at: evidence.score.point)
      let probabilities = (0..<samples.count).map { evidence.probability(Array(rows[$0])) }
      for probability in probabilities { (lowest, highest) = (min(lowest, probability), max(highest, probability)) }
      mean.add(samples.count, threads: evidence.network.session.context.threads) { row, position in
        probabilities[row] * masks.elements[row * positions + position] * 2
      }
    }
    var finding = Finding(Heatmap(width: shape.w, height: shape.h, values: mean.means.map(Float.init)))
    (finding.samples, finding.samplingError) = (mean.count, mean.relativeError)
    if mean.count > 1 { finding.verdict = evidence.verdict(ofProbabilities: [lowest, highest]) }
    return finding
  }

  /// Writes mask number `sample`: H·W of the input.
  private static func mask(
    _ random: CounterRandom, _ sample: Int, _ resampler: PlaneResampler, _ cell: (h: Int, w: Int), _ shape: Shape,
    to target: UnsafeMutablePointer<Float>
  ) {
    let first = sample * (cells * cells + 2)
    let grid = (0..<cells * cells).map { random.uniform(first + $0) < 0.5 ? Float(1) : 0 }
    let top = Int(random.uniform(first + cells * cells) * Float(cell.h))
    let left = Int(random.uniform(first + cells * cells + 1) * Float(cell.w))
    let enlarged = resampler.enlarge(grid)
    let width = (cells + 1) * cell.w
    for y in 0..<shape.h {
      for x in 0..<shape.w { target[y * shape.w + x] = enlarged[(top + y) * width + left + x] }
    }
  }
}

extension Evidence {
  /// What is wrong where every mask leaves the same probability; at 0 or 1 it is rounding that hides what the masks do.
  fileprivate func verdict(ofProbabilities values: [Float]) -> Verdict? {
    let verdict = verdict(ofScores: values, isVaried: !input.isZero)
    return verdict == .zeroGradient && (values[0] == 0 || values[0] == 1) ? .saturated : verdict
  }

  /// The score in probabilities, for a row of outputs.
  func probability(_ outputs: [Float]) -> Float {
    let isOutput = score.point == .output || network.session.graph.logits == network.session.graph.output
    // Scores that nothing makes probabilities of, or that are some already, weigh the masks themselves.
    guard let shares = ending.shares(of: outputs, isOutput: isOutput, activation) else {
      return score.value(of: outputs)
    }
    let value = score.value(of: shares)
    // The negative class of a network with one output.
    return outputs.count == 1 && score.weights[0] < 0 ? 1 + value : value
  }
}
