/// Infidelity: the mean over random squares of (β·S − D)², where S is the relevance inside the square and D the drop of the class's probability
/// where the square is replaced. Less is better.
///
/// Yeh et al., "On the (In)fidelity and Sensitivity of Explanations", 2019 (arXiv 1901.09392), section 2, with the perturbation that they call
/// square removal: 64 squares, from an eighth to a half of the shorter side, anywhere in the image. The relevance of a place is its share of the
/// score and no slope, so that the perturbation counts as 1 inside the square and 0 outside, as captum advises for such attributions.
/// β = Σ S·D / Σ S², the best scale, lets maps of any unit compare; the authors' code and captum's `normalize` have it too. It is 0 for a map
/// of zeros.
public struct Infidelity: Metric {
  public let name = "infidelity"
  public let paper = "Yeh et al. 2019, arXiv 1901.09392"
  public let isBetterHigh = false
  public let needs: MetricNeeds = .forwardPasses

  private static let squares = 64

  public init() {}

  public func passes(_ settings: MetricSettings) -> Int { Self.squares }

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    let (sums, drops) = try Self.relevanceAndDrops(subject)
    let (products, powers) = (zip(sums, drops).reduce(0) { $0 + $1.0 * $1.1 }, sums.reduce(0) { $0 + $1 * $1 })
    let scale = powers > 0 ? products / powers : 0
    let errors = zip(sums, drops).map { (scale * $0 - $1) * (scale * $0 - $1) }
    return MetricFinding(errors.reduce(0, +) / Double(errors.count))
  }

  /// By square, the relevance inside it, and the drop of the class's value where it is replaced.
  static func relevanceAndDrops(_ subject: MetricSubject) throws -> (sums: [Double], drops: [Double]) {
    let (input, replacement, relevance) = (subject.input, subject.replacement, subject.relevance)
    let (width, channels) = (input.shape.w, input.shape.c)
    let squares = Self.squares(height: input.shape.h, width: width, subject.random(22))
    let values = try subject.values(of: squares.count) { index, target in
      target.update(from: input.elements, count: input.count)
      let square = squares[index]
      for row in square.rows {
        for column in square.columns {
          let first = (row * width + column) * channels
          for i in first..<first + channels { target[i] = replacement.elements[i] }
        }
      }
    }
    let whole = try subject.value()
    let drops = values.map { whole - $0 }
    let sums = squares.map { square in
      square.rows.reduce(0.0) { sum, row in
        square.columns.reduce(sum) { $0 + Double(relevance.values[row * width + $1]) }
      }
    }
    return (sums, drops)
  }

  private static func squares(
    height: Int, width: Int, _ random: CounterRandom
  ) -> [(rows: Range<Int>, columns: Range<Int>)] {
    let shorter = min(height, width)
    let (least, most) = (max(1, shorter / 8), max(1, shorter / 2))
    func number(below bound: Int, _ index: Int) -> Int { Int(Double(random.uniform(index)) * Double(bound)) }
    return (0..<squares).map { square in
      let side = least + number(below: most - least + 1, 3 * square)
      let top = number(below: height - side + 1, 3 * square + 1)
      let left = number(below: width - side + 1, 3 * square + 2)
      return (top..<top + side, left..<left + side)
    }
  }
}
