/// y = min x over some axes.
struct ReduceMin: ExtremumReduction {
  let kind = "amin"
  var reduced = ReducedAxes()
  var sign: Double { -1 }
}
