// Layouts of the same elements in the same order under another shape.

extension Layout {
  /// The layout under another shape: axes are joined and split along their factors.
  ///
  /// Where a size cuts a factor that it does not divide, or special tokens and the picture's, what was there is unknown.
  func reshaped(to shape: Shape) -> Layout {
    guard shape.count > 0 else { return Layout(unknown: shape) }
    var (result, sources, targets) = ([Axis](), axes[...], shape.dimensions[...])
    while !sources.isEmpty || !targets.isEmpty {
      // As few axes on both sides as hold equally many elements.
      var (from, to) = (sources.prefix(1), targets.prefix(1))
      var (have, want) = (from.first?.size ?? 1, to.first ?? 1)
      while have != want {
        if have < want, from.endIndex < sources.endIndex {
          have *= sources[from.endIndex].size
          from = sources[from.startIndex...from.endIndex]
        } else if want < have, to.endIndex < targets.endIndex {
          want *= targets[to.endIndex]
          to = targets[to.startIndex...to.endIndex]
        } else {
          return Layout(unknown: shape)
        }
      }
      result += Self.split(from, into: Array(to))
      (sources, targets) = (sources[from.endIndex...], targets[to.endIndex...])
    }
    return Layout(result, rows: rows, columns: columns)
  }

  /// Some axes as others that hold as many elements.
  private static func split(_ axes: ArraySlice<Axis>, into sizes: [Int]) -> [Axis] {
    if axes.count == 1, sizes.count == 1, let only = axes.first { return [only] }
    let isHeld = axes.contains { $0.holdsPositions || $0.isUnknown }
    if axes.contains(where: \.isSegmented) { return moved(axes, into: sizes) }
    // Windows' rows are whole rows again before others are cut from them: exporters write two reshapes in a row as one.
    var factors = axes.flatMap(\.factors).merged()[...]
    var result: [Axis] = []
    for size in sizes {
      guard let taken = take(size, from: &factors) else {
        return sizes.map { Axis(isHeld ? .unknown : .channel, $0) }
      }
      result.append(Axis(taken))
    }
    if !factors.isEmpty, let last = result.last { result[result.count - 1] = Axis(last.factors + factors) }
    return result
  }

  /// The most significant factors whose product is `size`, cut where they divide.
  private static func take(_ size: Int, from factors: inout ArraySlice<AxisFactor>) -> [AxisFactor]? {
    var (taken, product) = ([AxisFactor](), 1)
    while let factor = factors.first, product < size || product == size && size == 1 && factor.size == 1 {
      let rest = size / product
      if rest % factor.size == 0 {
        taken.append(factor)
        factors.removeFirst()
        product *= factor.size
        if size == 1 { break }
      } else if factor.size % rest == 0, factor.role != .batch {
        let inner = factor.size / rest
        let isPosition = factor.isPosition
        taken.append(AxisFactor(role: factor.role, size: rest, step: isPosition ? factor.step * inner : 1))
        factors[factors.startIndex].size = inner
        product = size
      } else {
        return nil
      }
    }
    return product == size ? taken : nil
  }

  /// An axis of special tokens and the picture's can only stay as it is, with axes of one element put in or taken away.
  private static func moved(_ axes: ArraySlice<Axis>, into sizes: [Int]) -> [Axis] {
    let (large, places) = (axes.filter { $0.size != 1 }, sizes.indices.filter { sizes[$0] != 1 })
    guard large.map(\.size) == places.map({ sizes[$0] }) else { return sizes.map { Axis(.unknown, $0) } }
    var result = sizes.map { Axis(.channel, $0) }
    for (axis, place) in zip(large, places) { result[place] = axis }
    // The batch of one image, where there is an axis for it.
    let batch = axes.first { $0.size == 1 && !$0.factors.isEmpty }
    if let batch, let place = sizes.indices.first(where: { sizes[$0] == 1 }) { result[place] = batch }
    return result
  }
}
