public import GradCAMCore
public import Testing

/// Expects two tensors to differ by no more than `tolerance` of the second one's largest magnitude; NaNs have to agree.
public func expectClose(
  _ found: Tensor, _ expected: Tensor, tolerance: Double = 1e-4, _ what: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard found.shape == expected.shape else {
    Issue.record("\(what) has the shape \(found.shape), not \(expected.shape)", sourceLocation: sourceLocation)
    return
  }
  expectClose(
    found.logical(), expected.logical(), tolerance: tolerance, "\(what) \(found.shape)", sourceLocation: sourceLocation)
}

/// Expects two arrays to differ by no more than `tolerance` of the second one's largest magnitude; NaNs have to agree.
public func expectClose(
  _ found: [Float], _ expected: [Float], tolerance: Double = 1e-4, _ what: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard found.count == expected.count else {
    Issue.record("\(what): \(found.count) values, not \(expected.count)", sourceLocation: sourceLocation)
    return
  }
  let largest = expected.reduce(0) { max($0, $1.isFinite ? abs(Double($1)) : 0) }
  var worst = (share: 0.0, index: 0)
  for index in found.indices where found[index] != expected[index] {
    if found[index].isNaN && expected[index].isNaN { continue }
    let share = abs(Double(found[index]) - Double(expected[index])) / max(largest, .leastNormalMagnitude)
    if !(share <= worst.share) { worst = (share.isNaN ? .infinity : share, index) }
  }
  guard worst.share > tolerance else { return }
  let text = """
    \(what) differs by \(worst.share) of the largest magnitude \(largest), at \(worst.index): \
    \(found[worst.index]), not \(expected[worst.index]); the first values are \(Array(found.prefix(5))), \
    not \(Array(expected.prefix(5)))
    """
  Issue.record("\(text)", sourceLocation: sourceLocation)
}

/// Expects two tensors to be the same to the bit.
public func expectSameBytes(
  _ found: Tensor, _ expected: Tensor, _ what: String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  let (one, other) = (found.logical(), expected.logical())
  let different = zip(one, other).enumerated().first { $1.0.bitPattern != $1.1.bitPattern }
  #expect(found.shape == expected.shape, "\(what)", sourceLocation: sourceLocation)
  if let (index, values) = different {
    Issue.record("\(what): \(values.0), not \(values.1), at \(index)", sourceLocation: sourceLocation)
  }
}
