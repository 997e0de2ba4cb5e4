// How the layouts of several inputs become one.

extension Layout.Axis {
  /// What an axis stands for whose elements come from both: what knows of positions wins over what does not, as the tokens of a
  /// residual connection do over those that were mixed beside it. Where both know, and differ, nobody does.
  func joined(with other: Layout.Axis) -> Layout.Axis {
    if self == other { return self }
    if knowledge != other.knowledge { return knowledge > other.knowledge ? self : other }
    switch knowledge {
    case 0: return other.hasMore(than: self) ? other : self
    case 1: return Layout.Axis(.unknown, size)
    default:
      guard parts.map(\.size) == other.parts.map(\.size) else { return Layout.Axis(.unknown, size) }
      return Layout.Axis(
        parts: zip(parts, other.parts).map { one, two in
          if one == two { return one }
          if one.holdsPositions && two.holdsPositions { return [AxisFactor(role: .unknown, size: one.size)] }
          return one.holdsPositions ? one : two
        })
    }
  }

  /// Whether this axis of the value `own` and `other` of `value` cut the picture into the same parts, on two grids of which each is
  /// coarser or finer than the other.
  fileprivate func covers(_ other: Layout.Axis, _ own: Layout, _ value: Layout) -> Bool {
    guard self != other, !isSegmented, !other.isSegmented, factors.count == other.factors.count else { return false }
    return zip(factors, other.factors).allSatisfy { one, two in
      guard one.role == two.role, one.size == two.size else { return false }
      guard one.isPosition else { return true }
      let (lines, others) = (own[lines: one.role], value[lines: one.role])
      guard !lines.isPart, !others.isPart, lines.shift == 0, others.shift == 0 else { return false }
      return one.step * others.count == two.step * lines.count
    }
  }

  /// How much is known of places: nothing to know, nothing known, or something.
  private var knowledge: Int { holdsPositions ? 2 : isUnknown ? 1 : 0 }

  /// Of two axes without positions, the one that knows its batch.
  private func hasMore(than other: Layout.Axis) -> Bool {
    isSegmented || factors.contains { $0.role == .batch } || other.factors.isEmpty
  }
}

extension Layout {
  /// The layout of inputs that broadcast to one shape.
  ///
  /// - Parameter inputs: nil for constants.
  static func broadcasting(_ inputs: [Layout?], _ output: Shape) -> Layout {
    var known = inputs.compactMap { $0 }
    // What is added to a value that is known all over takes its places.
    let isSure = known.contains { $0.holdsPositions && !$0.isUnknown && $0.axes.map(\.size) == output.dimensions }
    if isSure { known.removeAll(where: \.isUnknown) }
    var result = Layout(
      output.dimensions.indices.map { axis in
        joinedAxis(known.compactMap { $0.aligned(axis, rank: output.rank) }, size: output[axis])
      })
    result.joinLines(of: known)
    return result.settled()
  }

  /// An axis of `size`, from those of inputs that are as large; others are stretched along it and say nothing.
  static func joinedAxis(_ axes: [Axis], size: Int) -> Axis {
    let telling = axes.filter { $0.size == size }
    return telling.dropFirst().reduce(telling.first ?? Axis(.channel, size)) { $0.joined(with: $1) }
  }

  private func aligned(_ axis: Int, rank: Int) -> Axis? {
    let own = axis - (rank - axes.count)
    return axes.indices.contains(own) ? axes[own] : nil
  }

  /// Takes over the rows and columns of those inputs that hold any. Where they do not fit, positions are unknown.
  mutating func joinLines(of inputs: [Layout]) {
    for role in [AxisFactor.Role.row, .column] {
      let lines = inputs.filter { !$0.axes(of: role).isEmpty }.map { $0[lines: role] }
      guard let first = lines.first else { continue }
      // No lines fit the factors any more where they disagree.
      self[lines: role] = lines.dropFirst().reduce(Optional(first)) { $0?.joined(with: $1) } ?? Lines(0)
    }
  }

  /// The layout of a product of matrices: of two stacks, the rows of the first and the columns of the second.
  ///
  /// Where both tell places of the picture, as the queries and keys of an attention do, those of the first are what is asked about.
  ///
  /// - Parameters:
  ///   - first, second: nil for a constant.
  ///   - kept: the axis of each that stays, counted from the end: −2 and −1 where neither is transposed.
  static func product(
    _ first: Layout?, _ second: Layout?, kept: (first: Int, second: Int) = (-2, -1), _ output: Shape
  ) -> Layout? {
    guard output.rank >= 2, first?.axes.count ?? 2 >= 2, second?.axes.count ?? 2 >= 2 else { return nil }
    let known = [first, second].compactMap { $0 }
    let stack = output.rank - 2
    // Queries may stand on a coarser grid than the keys of the same windows, as where Hiera pools them.
    let areQueries = first.map { $0.axes[$0.axes.count + kept.first].holdsPositions } ?? false
    let leading = (0..<stack).map { axis in
      let axes = known.compactMap { layout -> Axis? in
        let own = axis - (stack - (layout.axes.count - 2))
        return own >= 0 ? layout.axes[own] : nil
      }
      if areQueries, axes.count == 2, axes[0].covers(axes[1], known[0], known[1]) { return axes[0] }
      return joinedAxis(axes, size: output[axis])
    }
    let rows = first.map { $0.axes[$0.axes.count + kept.first] } ?? Axis(.channel, output[stack])
    var columns = second.map { $0.axes[$0.axes.count + kept.second] } ?? Axis(.channel, output[stack + 1])
    if rows.holdsPositions, columns.holdsPositions || columns.isUnknown { columns = Axis(.other, output[stack + 1]) }
    var result = Layout(leading + [rows, columns])
    for role in [AxisFactor.Role.row, .column] {
      // The keys' grid may be coarser than the queries'.
      let isFirst = rows.factors.contains { $0.role == role }
      let isSecond = !isFirst && columns.factors.contains { $0.role == role }
      // A single query's place is none among the keys'.
      let telling = [(first, false), (second, isSecond)].compactMap { layout, isKept in
        layout.flatMap { own in
          isKept || own.axes.dropLast(2).contains { $0.factors.contains { $0.role == role } } ? own : nil
        }
      }
      if isFirst, let first { result[lines: role] = first[lines: role] } else { result.join(role, of: telling) }
    }
    return result.settled()
  }

  private mutating func join(_ role: AxisFactor.Role, of inputs: [Layout]) {
    guard let lines = inputs.first?[lines: role] else { return }
    self[lines: role] = inputs.dropFirst().reduce(Optional(lines)) { $0?.joined(with: $1[lines: role]) } ?? Lines(0)
  }
}
