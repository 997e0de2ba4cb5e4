extension Collection<String> {
  /// The first names with commas between: `a, b, …`.
  ///
  /// - Parameters:
  ///   - count: how many are named.
  ///   - saysCount: whether the number of all stands behind them where that is more, `a, b, … (7)`: what is said of them may have it already.
  package func listed(_ count: Int, saysCount: Bool = false) -> String {
    let shown = prefix(count).joined(separator: ", ")
    guard self.count > count else { return shown }
    return saysCount ? "\(shown), … (\(self.count))" : "\(shown), …"
  }
}
