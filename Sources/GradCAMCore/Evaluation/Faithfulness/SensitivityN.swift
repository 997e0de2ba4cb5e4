/// Sensitivity-n: Pearson's correlation, over random subsets of n places, of the relevance that a subset holds with the drop of the class's
/// probability where the subset is replaced; the mean over several n. More is better.
///
/// Ancona et al., "Towards better understanding of gradient-based attribution methods for Deep Neural Networks", 2018 (arXiv 1711.06104),
/// section 4, whose places are pixels. Random pixels of a large image take nothing away that their neighbours do not still show: here the
/// places are the cells of an 8 × 8 grid. n is 10, 20, 40 and 80 % of the cells, with 16 subsets each.
///
/// Not defined where no n has subsets that differ, in what they hold or in what they change.
public struct SensitivityN: Metric {
  public let name = "sensitivity-n"
  public let paper = "Ancona et al. 2018, arXiv 1711.06104"
  public let isBetterHigh = true
  public let needs: MetricNeeds = .forwardPasses

  private static let side = 8
  private static let percents = [10, 20, 40, 80]
  private static let subsets = 16

  public init() {}

  public func passes(_ settings: MetricSettings) -> Int { Self.percents.count * Self.subsets }

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    let (input, replacement, relevance) = (subject.input, subject.replacement, subject.relevance)
    let grid = Grid(height: input.shape.h, width: input.shape.w)
    let chosen = Self.subsets(of: grid.count, subject.random(21))
    var held = [Double](repeating: 0, count: grid.count)
    for (position, value) in relevance.values.enumerated() { held[grid.cell(position)] += Double(value) }
    let channels = input.shape.c
    let values = try subject.values(of: chosen.count) { index, target in
      for position in relevance.values.indices {
        let source = chosen[index][grid.cell(position)] ? replacement.elements : input.elements
        for i in position * channels..<(position + 1) * channels { target[i] = source[i] }
      }
    }
    let sums = chosen.map { subset in zip(subset, held).reduce(0) { $0 + ($1.0 ? $1.1 : 0) } }
    let whole = try subject.value()
    var correlations: [Double] = []
    for first in stride(from: 0, to: chosen.count, by: Self.subsets) {
      let range = first..<first + Self.subsets
      let (some, drops) = (Array(sums[range]), values[range].map { whole - $0 })
      guard differ(some, beside: 0), differ(drops, beside: whole) else { continue }
      correlations.append(pearsonCorrelation(some, drops))
    }
    guard !correlations.isEmpty else { return .undefined }
    return MetricFinding(correlations.reduce(0, +) / Double(correlations.count))
  }

  /// Whether numbers differ by more than they are rounded, beside a number that they were computed from.
  private func differ(_ values: [Double], beside other: Double) -> Bool {
    let (least, most) = (values.min() ?? 0, values.max() ?? 0)
    let size = max(abs(least), abs(most), abs(other))
    // A NaN differs, and makes the result one.
    return !(most - least <= 1e-6 * size)
  }

  /// By subset, then by cell, whether it is in: the first n of a random order of the cells.
  private static func subsets(of count: Int, _ random: CounterRandom) -> [[Bool]] {
    (0..<percents.count * subsets).map { subset in
      let keys = (0..<count).map { random.bits(subset * count + $0) }
      let size = max(1, count * percents[subset / subsets] / 100)
      var isIn = [Bool](repeating: false, count: count)
      for cell in keys.indices.sorted(by: { keys[$0] < keys[$1] }).prefix(size) { isIn[cell] = true }
      return isIn
    }
  }

  /// Cells of equal size as far as whole pixels go.
  private struct Grid {
    private let width, height: Int
    private let rows, columns: Int

    init(height: Int, width: Int) {
      (self.width, self.height, rows, columns) = (width, height, min(side, height), min(side, width))
    }

    var count: Int { rows * columns }

    func cell(_ position: Int) -> Int {
      position / width * rows / height * columns + position % width * columns / width
    }
  }
}
