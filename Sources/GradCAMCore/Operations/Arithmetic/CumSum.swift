import ModelFormats

/// Sums along one logical axis: of all elements up to each one, or from each one on; without itself where it is exclusive.
///
/// The gradient is the sum the other way.
struct CumSum: LaneOperation {
  let kind = "cumsum"
  /// Counted from the end where it is negative.
  let axis: Int
  var isReversed = false
  var isExclusive = false
  var isAffine: Bool { true }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor { sums(inputs[0], isReversed) }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    [sums(dy, !isReversed)]
  }

  private func sums(_ x: Tensor, _ isReversed: Bool) -> Tensor {
    let lanes = StoredAxis(x.shape, axis)
    return Tensor(x.shape) { target in
      lanes.forEachLane { start in
        var sum = 0.0
        for index in 0..<lanes.size {
          let place = start + (isReversed ? lanes.size - 1 - index : index) * lanes.step
          let next = sum + Double(x.elements[place])
          target[place] = Float(isExclusive ? sum : next)
          sum = next
        }
      }
    }
  }
}
