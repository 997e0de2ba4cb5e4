/// y = max x over some axes.
struct ReduceMax: ExtremumReduction {
  var kind: String { ties == .shared ? "amax" : "max" }
  var reduced = ReducedAxes()
  var ties = TieRule.shared
  var term: ElementaryTerm? { .largest(reduced) }
  var sign: Double { 1 }
}
