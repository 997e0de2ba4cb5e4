/// y = max x over some axes.
struct ReduceMax: ExtremumReduction {
  let kind = "amax"
  var reduced = ReducedAxes()
  var term: ElementaryTerm? { .largest(reduced) }
  var sign: Double { 1 }
}
