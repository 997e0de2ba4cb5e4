/// The candidate with the fewest slips of typing from `typed`: for "did you mean".
///
/// Letters' case counts less than a letter, and a candidate that merely goes on after `typed` is near.
/// The first of several equally near ones; nil where none is close: a guess that differs in most letters helps nobody.
public func nearest(to typed: String, among candidates: some Sequence<String>) -> String? {
  let limit = 10 * max(1, typed.utf8.count / 2)
  let ranked = candidates.lazy.map { (name: $0, slips: slips(from: typed, to: $0)) }
  return ranked.filter { $0.slips <= limit }.min { $0.slips < $1.slips }?.name
}

/// Up to `count` candidates that somebody who typed `typed` may have meant, the nearest first; none that differs in most letters.
public func nearest(to typed: String, among candidates: some Sequence<String>, count: Int) -> [String] {
  let limit = 10 * max(2, typed.utf8.count / 2)
  return candidates.map { (name: $0, slips: slips(from: typed, to: $0)) }
    .enumerated().filter { $0.element.slips <= limit }
    .sorted { ($0.element.slips, $0.offset) < ($1.element.slips, $1.offset) }
    .prefix(count).map(\.element.name)
}

/// A tenth for each letter that an unfinished word lacks; otherwise the edit distance, in the same tenths' scale.
private func slips(from typed: String, to candidate: String) -> Int {
  // What differs behind the limit is no slip; names out of a file may be of any length.
  let limit = 200
  let (from, to) = (Array(typed.prefix(limit).lowercased().utf8), Array(candidate.prefix(limit).lowercased().utf8))
  let caseSlip = typed == candidate || from != to ? 0 : 1
  if !from.isEmpty, to.starts(with: from) { return to.count - from.count + caseSlip }
  return 10 * editDistance(from, to)
}

/// How many bytes must be inserted, removed, replaced or swapped with their neighbour to make one text the other.
func editDistance(_ first: [UInt8], _ second: [UInt8]) -> Int {
  var beforePrevious: [Int] = []
  var previous = Array(0...second.count)
  for row in first.indices {
    var current = [row + 1]
    for column in second.indices {
      let substituted = previous[column] + (first[row] == second[column] ? 0 : 1)
      var best = min(substituted, previous[column + 1] + 1, current[column] + 1)
      let isSwapped =
        row > 0 && column > 0 && first[row] == second[column - 1] && first[row - 1] == second[column]
      if isSwapped { best = min(best, beforePrevious[column - 1] + 1) }
      current.append(best)
    }
    (beforePrevious, previous) = (previous, current)
  }
  return previous[second.count]
}
