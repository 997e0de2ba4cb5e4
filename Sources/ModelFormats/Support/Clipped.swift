extension String {
  /// The text, or its beginning where it takes more than `limit` bytes: several names have to find room in a line.
  package func clipped(to limit: Int) -> String {
    guard utf8.count > limit else { return self }
    var (kept, count) = ("", 0)
    for scalar in unicodeScalars {
      count += UTF8.width(scalar)
      if count > limit { break }
      kept.unicodeScalars.append(scalar)
    }
    return kept + "…"
  }
}
