/// How much each token counts for those that the output is read from, followed back from the last attention to the first: a row of
/// the product of all attentions' matrices, which itself is never made.
struct TokenRow {
  /// By token.
  private(set) var values: [Double]
  private let grid: TokenGrid
  /// Whether the picture's own tokens are read: each has its own share of itself, which says nothing of the others.
  private let readsPicture: Bool

  /// The tokens that are read, in equal shares, as DeiT's two heads are averaged.
  ///
  /// - Precondition: every attention is whole.
  init(_ attentions: Attentions) {
    guard let last = attentions.sites.last, let grid = last.grid else { preconditionFailure("no whole attention") }
    self.grid = grid
    readsPicture = attentions.readers.contains { grid.picture.contains($0) }
    values = [Double](repeating: 0, count: last.queries)
    for reader in attentions.readers { values[reader] = 1 / Double(attentions.readers.count) }
  }

  /// row · N, where N is M + 1 with each row divided by its sum; of M's rows those are asked for that count.
  mutating func roll(_ matrix: (_ query: Int) -> [Double]) {
    var next = [Double](repeating: 0, count: values.count)
    for (query, value) in values.enumerated() where value != 0 {
      var row = matrix(query)
      row[query] += 1
      let factor = value / row.reduce(0, +)
      for key in next.indices { next[key] += factor * row[key] }
    }
    values = next
  }

  /// row · (1 + M).
  mutating func propagate(_ matrix: (_ query: Int) -> [Double]) {
    var next = values
    for (query, value) in values.enumerated() where value != 0 {
      let row = matrix(query)
      for key in next.indices { next[key] += value * row[key] }
    }
    values = next
  }

  /// What the picture's tokens count; where they are read themselves, less the least of them, beside which the others may be faint.
  var map: Heatmap {
    guard readsPicture, let least = values[grid.picture].min(), let most = values[grid.picture].max(),
      // What is the same everywhere is left so: of rounding alone there would be a picture.
      most - least > 1e-6 * most
    else { return grid.map(values) }
    return grid.map(values.map { $0 - least })
  }

  /// A matrix, row by row, whose least elements are 0: as many as their share `ratio` of all.
  static func withoutLeast(_ matrix: [Float], _ ratio: Double?) -> [Float] {
    let count = Int(Double(matrix.count) * (ratio ?? 0))
    guard count > 0 else { return matrix }
    var result = matrix
    for index in matrix.indices.sorted(by: { (matrix[$0], $0) < (matrix[$1], $1) }).prefix(count) { result[index] = 0 }
    return result
  }
}
