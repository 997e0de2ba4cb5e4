/// y = min x over some axes.
struct ReduceMin: ExtremumReduction {
  var kind: String { ties == .shared ? "amin" : "min" }
  var reduced = ReducedAxes()
  var ties = TieRule.shared
  var sign: Double { -1 }
}
