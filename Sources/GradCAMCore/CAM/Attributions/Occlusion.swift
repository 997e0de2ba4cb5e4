/// Occlusion: how much the score falls when a square is blanked with zeros (the normalisation's mean colour), averaged over the squares
/// that cover a pixel. Squares of an eighth of the shorter side, half of that apart.
///
/// Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", 2013 (arXiv 1311.2901).
public struct Occlusion: CAMMethod {
  public let name = "occlusion"
  public let paper = "Zeiler and Fergus 2013, arXiv 1311.2901"
  public let needs: MethodNeeds = [.input, .forwardPasses]
  public let isSigned = true

  public init() {}

  /// Scores that differ by little are as rough as scores: the largest distance seen is 1.3e-4.
  public func acrossProcessors(hasKinks: Bool) -> ProcessorTolerance { .differences }

  public func explain(_ evidence: Evidence) throws -> Finding {
    let (source, shape) = (evidence.input.stored, evidence.input.shape)
    let side = max(min(shape.h, shape.w) / 8, 1)
    let windows = Self.windows(shape, side: side, step: max(side / 2, 1))
    let rows = try evidence.once(name) {
      try evidence.perturbed(name, count: windows.count, isAtInput: true) { index, target in
        target.update(from: source, count: source.count)
        let (y, x) = windows[index]
        for row in y.clamped(to: 0..<shape.h) {
          for column in x.clamped(to: 0..<shape.w) {
            (target + (row * shape.w + column) * shape.c).update(repeating: 0, count: shape.c)
          }
        }
      }
    }
    let score = evidence.score.value(of: evidence.outputs[0])
    let occludedScores = evidence.score.values(of: rows)
    var (sums, counts) = (
      [Double](repeating: 0, count: shape.h * shape.w), [Double](repeating: 0, count: shape.h * shape.w)
    )
    for ((y, x), occluded) in zip(windows, occludedScores) {
      for row in y.clamped(to: 0..<shape.h) {
        for column in x.clamped(to: 0..<shape.w) {
          sums[row * shape.w + column] += Double(score) - Double(occluded)
          counts[row * shape.w + column] += 1
        }
      }
    }
    let drops = zip(sums, counts).map { Float($0 / $1) }
    let attributions = evidence.input.withValues(source.indices.map { drops[$0 / shape.c] })
    var finding = Finding(attributions, .sum, evidence.settings)
    finding.verdict = evidence.verdict(ofScores: occludedScores, isVaried: !evidence.input.isZero)
    if evidence.settings.compat != .captum { finding.map = Heatmap(width: shape.w, height: shape.h, values: drops) }
    return finding
  }

  /// Rows and columns of each window; the last ones reach beyond the input where the steps do not come out even.
  private static func windows(_ shape: Shape, side: Int, step: Int) -> [(Range<Int>, Range<Int>)] {
    let starts = { (length: Int) in (0...(length - side + step - 1) / step).map { $0 * step } }
    return starts(shape.h).flatMap { y in starts(shape.w).map { x in (y..<y + side, x..<x + side) } }
  }
}
