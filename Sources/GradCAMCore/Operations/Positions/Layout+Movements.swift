// Layouts after elements were picked, put together, or looked at through windows.

extension Layout {
  /// Without some axes, or with one element along each of them.
  func dropping(_ dropped: [Int], keepsDimensions: Bool) -> Layout {
    var result = self
    result.axes = axes.indices.compactMap { axis in
      guard dropped.contains(axis) else { return axes[axis] }
      return keepsDimensions ? Axis([]) : nil
    }
    return result.settled()
  }

  /// After a product by weights along one axis, which becomes one of `size` features.
  func contracted(_ axis: Int, to size: Int) -> Layout { replacing(axis, by: Axis(.channel, size)).settled() }

  /// Every `step`-th of `count` entries from `start` on along one axis; nil where that cannot be followed.
  func sliced(_ axis: Int, from start: Int, count: Int, step: Int) -> Layout? {
    let old = axes[axis]
    if start == 0, step == 1, count == old.size { return self }
    if !old.holdsPositions && !old.isUnknown { return replacing(axis, by: Axis(.channel, count)) }
    if count == 1, step == 1, let part = part(of: old, at: start), !part.holdsPositions {
      return replacing(axis, by: Axis(.other, 1)).settled()
    }
    if count == 1 {
      var result = replacing(axis, by: Axis([]))
      if let role = soleRole(axis) { result[lines: role] = self[lines: role].cut(from: start, count: 1) }
      return result.settled()
    }
    if old.isSegmented {
      guard step == 1 else { return nil }
      return cutTokens(axis, start..<start + count)
    }
    guard step >= 1, let role = soleRole(axis), !isUnknown else { return nil }
    var result = replacing(axis, by: Axis([AxisFactor(role: role, size: count)]))
    let lines = self[lines: role]
    if step > 1, lines.isRolled { return nil }
    result[lines: role] = step > 1 ? Lines(count) : lines.cut(from: start, count: count)
    return result
  }

  /// The role of an axis that holds all rows, or all columns, and nothing else.
  func soleRole(_ axis: Int) -> AxisFactor.Role? {
    let factors = axes[axis].factors
    guard factors.count == 1, factors[0].isPosition, factors[0].size == self[lines: factors[0].role].count else {
      return nil
    }
    return factors[0].role
  }

  private func part(of axis: Axis, at index: Int) -> [AxisFactor]? {
    guard axis.isSegmented else { return nil }
    var end = 0
    return axis.parts.first { part in
      end += part.size
      return index < end
    }
  }

  /// A run of tokens. The picture's stay together or go.
  private func cutTokens(_ axis: Int, _ range: Range<Int>) -> Layout? {
    var (parts, start) = ([[AxisFactor]](), 0)
    for part in axes[axis].parts {
      let own = start..<start + part.size
      let common = own.clamped(to: range)
      start = own.upperBound
      if common.isEmpty { continue }
      if common == own {
        parts.append(part)
      } else if !part.holdsPositions, !part.isUnknown {
        parts.append([AxisFactor(role: .other, size: common.count)])
      } else {
        return nil
      }
    }
    return replacing(axis, by: Axis(parts: parts)).settled()
  }

  /// Inputs one after the other along one axis; nil where that cannot be followed.
  ///
  /// - Parameter inputs: nil for constants, with their sizes along the axis.
  static func concatenating(_ inputs: [(layout: Layout?, size: Int)], along axis: Int, _ output: Shape) -> Layout? {
    let known = inputs.compactMap(\.layout)
    var result = Layout(
      output.dimensions.indices.map { place in
        place == axis
          ? Axis(.channel, output[axis]) : joinedAxis(known.map { $0.axes[place] }, size: output[place])
      })
    result.joinLines(of: known)
    if known.count == inputs.count, let (role, lines) = joinedLines(known, axis) {
      result.axes[axis] = Axis([AxisFactor(role: role, size: output[axis])])
      result[lines: role] = lines
      return result.settled()
    }
    let held = known.filter { $0.axes[axis].holdsPositions || $0.axes[axis].isUnknown }
    // Flattened maps beside each other, or beside pooled features, are features.
    if held.isEmpty || held.contains(where: { $0.axes[axis].holdsFlattenedMap }) { return result.settled() }
    // Special tokens beside those of one picture.
    guard held.count == 1 else { return nil }
    result.axes[axis] = Axis(
      parts: inputs.flatMap { layout, size -> [[AxisFactor]] in
        if let layout, layout.axes[axis].holdsPositions || layout.axes[axis].isUnknown {
          return layout.axes[axis].parts
        }
        return [[AxisFactor(role: .other, size: size)]]
      })
    return result.settled()
  }

  /// The rows (or columns) of slices that follow each other.
  private static func joinedLines(_ parts: [Layout], _ axis: Int) -> (AxisFactor.Role, Lines)? {
    guard parts.count > 1 else { return nil }
    for role in [AxisFactor.Role.row, .column] where parts.allSatisfy({ $0.holds(role, alongAll: axis) }) {
      let joined = parts.dropFirst().reduce(Optional(parts[0][lines: role])) { $0?.followed(by: $1[lines: role]) }
      return joined.map { (role, $0) }
    }
    return nil
  }

  /// Whether an axis holds all rows of this value and nothing else, or the one row that a slice left.
  private func holds(_ role: AxisFactor.Role, alongAll axis: Int) -> Bool {
    soleRole(axis) == role || axes[axis].size == 1 && self[lines: role].count == 1 && self[lines: role].isPart
  }

  /// After windows that slide along the axes from 2 on: convolutions, poolings, resizing.
  ///
  /// - Parameters:
  ///   - isPoint: by axis from 2 on, whether each output sees its own place alone.
  ///   - mixesChannels: whether axis 1 becomes new features.
  /// - Returns: nil where it cannot be followed.
  func slid(isPoint: [Bool], mixesChannels: Bool, _ output: Shape) -> Layout? {
    guard axes.count == output.rank, axes.count == isPoint.count + 2 else { return nil }
    var result = self
    if mixesChannels { result.axes[1] = Axis(.channel, output[1]) }
    for axis in 2..<axes.count {
      let (old, size) = (axes[axis], output[axis])
      if isPoint[axis - 2], old.size == size { continue }
      if !old.holdsPositions && !old.isUnknown || size == 1 {
        result.axes[axis] = Axis(.channel, size)
        continue
      }
      // Special tokens beside rows are padding; other factors beside them are not to be told apart.
      let own = Set(old.parts.filter(\.holdsPositions).flatMap { $0.map(\.role) })
      guard own.count == 1, let role = own.first, role == .row || role == .column, !old.isUnknown else { return nil }
      if let windows = result.resized(axis, role, to: size) {
        result = windows
        continue
      }
      let isWhole = result.axes(of: role) == [axis] && old.parts.filter(\.holdsPositions).allSatisfy { $0.count == 1 }
      if isWhole && !self[lines: role].isRolled {
        result.axes[axis] = Axis([AxisFactor(role: role, size: size)])
        result[lines: role] = Lines(size)
      } else if old.isSegmented || old.size != size {
        // Windows that stay inside the parts of a split grid keep its places.
        return nil
      }
    }
    return result.settled()
  }

  /// The layout where the rows (or columns) of windows, which lie beside each other over the whole picture and stay apart, become others:
  /// those of a finer or coarser grid. Nil where an axis holds anything else.
  private func resized(_ axis: Int, _ role: AxisFactor.Role, to size: Int) -> Layout? {
    let (old, lines) = (axes[axis].factors, self[lines: role])
    guard old.count == 1, old[0].step == 1, old[0].size < lines.count, !axes[axis].isSegmented, !lines.isRolled,
      !lines.isPart, old[0].size != size
    else { return nil }
    var result = replacing(axis, by: Axis([AxisFactor(role: role, size: size)]))
    for other in axes.indices where other != axis {
      result.axes[other] = Axis(
        parts: axes[other].parts.map { part in
          part.map { factor in
            guard factor.role == role else { return factor }
            return AxisFactor(role: role, size: factor.size, step: factor.step / old[0].size * size)
          }
        })
    }
    result[lines: role] = Lines(lines.count / old[0].size * size)
    return result
  }

  /// After elements were put before and behind an axis, or taken away; nil where that cannot be followed.
  func padded(_ axis: Int, before: Int, after: Int, isConstant: Bool) -> Layout? {
    let (old, size) = (axes[axis], axes[axis].size + before + after)
    if before == 0 && after == 0 { return self }
    if !old.holdsPositions && !old.isUnknown { return replacing(axis, by: Axis(.channel, size)) }
    if let role = soleRole(axis), !self[lines: role].isRolled {
      var result = replacing(axis, by: Axis([AxisFactor(role: role, size: size)]))
      result[lines: role] = Lines(size)
      return result
    }
    guard isConstant, before >= 0, after >= 0 else { return nil }
    let added = { (count: Int) in count == 0 ? [] : [[AxisFactor(role: AxisFactor.Role.other, size: count)]] }
    return replacing(axis, by: Axis(parts: added(before) + old.parts + added(after)))
  }
}
