import GradCAMCore
import ModelFormats

extension Requirement {
  /// Why the requirement does not hold of a comparison; nil where it does: each row keeps to it, of all methods and layers or of those of
  /// the method that it names, and the figure is defined of all pairs but those of two blank maps.
  func failure(in result: ComparisonResult) -> InputError? {
    let rows = result.board.rows.filter { method == nil || $0.method == method }
    guard !rows.isEmpty else {
      let methods = Set(result.board.rows.map(\.method)).sorted()
      let others = methods.isEmpty ? nil : Message("a bound on \(listed(methods).shortened(to: 80))")
      return InputError(
        "--require", "\(description) does not hold: no map\(method.map { " by \($0)" } ?? "") was compared",
        remedy: others)
    }
    for key in rows {
      if let problem = problem(key, result) {
        return InputError("--require", "\(description) does not hold: \(problem)")
      }
    }
    return nil
  }

  private func problem(_ key: Leaderboard.Key, _ result: ComparisonResult) -> String? {
    let row = "\(key.method) at \(key.layer.shortened(to: 60))"
    if let figure = ComparisonFigure(rawValue: metric) {
      let tally = result.tally(key, figure)
      guard tally.missing == 0 else {
        return "\(metric) is of \(tally.defined.grouped) of \(tally.pairs.grouped) pairs, by \(row)"
      }
      // Nothing differs where both maps of every pair are blank.
      if tally.defined == 0, tally.pairs > 0 { return nil }
    }
    guard let value = result.board.cell(key, metric)?.value, value.count > 0 else {
      return "\(metric) was measured of no image"
    }
    guard !relation.holds(value.mean, bound) else { return nil }
    let interval = value.interval.map { ", 95 % from \($0.lowerBound.trimmed(6)) to \($0.upperBound.trimmed(6))" }
    return "\(row) has \(value.mean.trimmed(6))\(interval ?? "")"
  }
}
