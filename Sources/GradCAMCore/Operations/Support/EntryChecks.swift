import ModelFormats

extension Shape {
  /// The shape of all entries that indices of the shape `indices` name in this one, as GatherND has it.
  func expectEntries(_ indices: Shape, batchAxes: Int = 0) throws(InputError) -> Shape {
    let depth = indices.dimensions.last ?? 0
    guard batchAxes >= 0, batchAxes < min(rank, indices.rank), depth <= rank - batchAxes,
      dimensions[..<batchAxes] == indices.dimensions[..<batchAxes]
    else { throw InputError("", "has indices of \(indices) into \(self)") }
    let sizes = indices.dimensions.dropLast() + dimensions[(batchAxes + depth)...]
    return try Shape(Array(sizes)).expectingMemory()
  }

  /// Checks indices that name elements along one axis, as GatherElements has it.
  ///
  /// - Returns: the axis, not negative.
  func expectElements(_ indices: Shape, along axis: Int) throws(InputError) -> Int {
    let axis = try checkedAxis(axis, "has indices along")
    guard indices.rank == rank, dimensions.indices.allSatisfy({ $0 == axis || indices[$0] <= self[$0] }) else {
      throw InputError("", "has indices of \(indices) into \(self)")
    }
    return axis
  }
}
