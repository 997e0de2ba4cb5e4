/// The largest or smallest element along some axes. NaN wins; elements that tie share the gradient equally, as PyTorch's `amax` and
/// `amin` have it, or the first one along the only axis has it, as in `max(dim)` and `min(dim)`.
protocol ExtremumReduction: AxisReduction {
  /// 1 for the largest, −1 for the smallest.
  var sign: Double { get }
  /// With several axes always shared.
  var ties: TieRule { get }
}

extension ExtremumReduction {
  var keeps: Kept { [.inputs, .output] }
  var allowsEmpty: Bool { false }
  var hasKinks: Bool { true }
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { inputs[0] }

  func needs(_ needs: TokenNeeds, of inputs: [Layout?], _ shapes: [Shape]) -> [TokenNeeds] {
    guard let layout = inputs[0] else { return [needs] }
    let picksPlaces = reduced.resolved(in: shapes[0]).contains { layout.axes[$0].holdsPositions }
    guard picksPlaces else { return [layout.tokenAxis == nil ? needs : needs.ofAllFeatures] }
    return [(layout.tokenAxis == nil ? needs : needs.everywhere).asPicked]
  }

  func reduce(_ x: Tensor, over axes: [Int], threads: Workers) -> Tensor {
    Reduction.largest(x, over: axes, sign: sign, threads: threads)
  }

  func spread(_ dy: Tensor, y: Tensor, _ saved: Saved, over axes: [Int], threads: Workers) -> Tensor {
    let x = saved.inputs[0]
    if case .first = ties, axes.count == 1 { return toFirst(dy, x, y, along: axes[0]) }
    let isBest = Broadcast.map(x, y, to: x.shape, threads: threads) { x, y in x == y ? 1 : 0 }
    let counts = Reduction.sum(isBest, over: axes, threads: threads)
    let share = dy.map(counts, threads: threads) { dy, count in dy / max(count, 1) }
    return Broadcast.map(isBest, share, to: x.shape, threads: threads) { isBest, share in isBest == 0 ? 0 : share }
  }

  private func toFirst(_ dy: Tensor, _ x: Tensor, _ y: Tensor, along axis: Int) -> Tensor {
    let lanes = StoredAxis(x.shape, axis)
    return Tensor(x.shape) { target in
      target.update(repeating: 0, count: x.count)
      // Lanes are met in the order that what is left of them is stored in.
      var result = 0
      lanes.forEachLane { start in
        let best = y.elements[result]
        let places = stride(from: start, to: start + lanes.size * lanes.step, by: lanes.step)
        let winner = places.first { x.elements[$0] == best || x.elements[$0].isNaN }
        if let winner { target[winner] = dy.elements[result] }
        result += 1
      }
    }
  }
}
