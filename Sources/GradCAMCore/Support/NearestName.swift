/// Finds the names that somebody may have meant.
public enum NearestName {
  /// Up to `count` of `names`, those nearest to `name` by edit distance first; nothing that differs in most of its letters.
  public static func suggestions(for name: String, among names: some Sequence<String>, count: Int = 3) -> [String] {
    let scored = names.enumerated().map { index, candidate in
      (distance: distance(name.lowercased(), candidate.lowercased()), index: index, name: candidate)
    }
    let limit = max(2, name.count / 2)
    return scored.filter { $0.distance <= limit }
      .sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }
      .prefix(count).map(\.name)
  }

  /// The number of letters to insert, remove or change (Levenshtein).
  static func distance(_ first: String, _ second: String) -> Int {
    // Long names come from files; the table's size must not grow with their product.
    let (a, b) = (Array(first.utf8.prefix(256)), Array(second.utf8.prefix(256)))
    var row = Array(0...b.count)
    for i in a.indices {
      var diagonal = row[0]
      row[0] = i + 1
      for j in b.indices {
        let substituted = diagonal + (a[i] == b[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[b.count]
  }
}
