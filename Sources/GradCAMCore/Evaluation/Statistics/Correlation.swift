/// Pearson's correlation of two lists of one length; NaN where one of them is the same everywhere.
func pearsonCorrelation(_ left: [Float], _ right: [Float]) -> Double {
  pearsonCorrelation(left.map(Double.init), right.map(Double.init))
}

/// The same in double precision.
func pearsonCorrelation(_ left: [Double], _ right: [Double]) -> Double {
  precondition(left.count == right.count, "lists of two lengths")
  let count = Double(left.count)
  let means = (left.reduce(0, +) / count, right.reduce(0, +) / count)
  var (product, squares) = (0.0, (0.0, 0.0))
  for (a, b) in zip(left, right) {
    let (x, y) = (a - means.0, b - means.1)
    product += x * y
    squares = (squares.0 + x * x, squares.1 + y * y)
  }
  return product / (squares.0 * squares.1).squareRoot()
}

/// Spearman's rank correlation of two lists of one length: Pearson's of their ranks, equal values sharing the mean of theirs.
func rankCorrelation(_ left: [Float], _ right: [Float]) -> Double { pearsonCorrelation(ranks(left), ranks(right)) }

/// The ranks of a list's values from 1 on; equal values share the mean of theirs.
func ranks(_ values: [Float]) -> [Double] {
  let order = values.indices.sorted { values[$0] < values[$1] }
  var ranks = [Double](repeating: 0, count: values.count)
  var start = 0
  while start < order.count {
    var end = start + 1
    while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
    for place in start..<end { ranks[order[place]] = Double(start + end + 1) / 2 }
    start = end
  }
  return ranks
}

/// The harmonic mean of numbers from 0 on: 0 where one of them is 0, NaN where one is.
func harmonicMean(_ values: [Double]) -> Double { Double(values.count) / values.reduce(0) { $0 + 1 / $1 } }
