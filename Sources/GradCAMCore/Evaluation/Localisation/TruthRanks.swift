/// A map's cells from the most relevant to the least, those of one value together, and how many of each lie in a finding.
struct TruthRanks {
  /// By distinct value, descending.
  let groups: [(inside: Int, count: Int)]
  /// Of all cells, and of those in the finding.
  let count, inside: Int

  /// - Parameter order: the cells, from the most relevant to the least.
  init(_ relevance: [Float], order: [Int], _ region: TruthRegion) {
    var groups: [(inside: Int, count: Int)] = []
    var last = Float.nan
    for position in order {
      if relevance[position] != last { groups.append((0, 0)) }
      last = relevance[position]
      groups[groups.count - 1].count += 1
      if region.cells[position] { groups[groups.count - 1].inside += 1 }
    }
    (self.groups, count, inside) = (groups, order.count, region.count)
  }
}

extension MetricSubject {
  /// What a measure finds where the network sees some of the finding; not defined elsewhere.
  func located(_ measure: (MetricSubject, TruthRegion) -> Double) -> MetricFinding {
    guard let truth, truth.count > 0 else { return .undefined }
    return MetricFinding(measure(self, truth))
  }

  func ranks(in region: TruthRegion) -> TruthRanks { TruthRanks(relevance.values, order: order, region) }
}
