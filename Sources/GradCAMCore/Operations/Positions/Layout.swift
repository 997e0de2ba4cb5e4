/// What a value's axes stand for: where the rows and columns of the picture lie in it.
///
/// It is followed from the input on, operation by operation, and never guessed from a shape. What an operation cannot follow is
/// `unknown`, and stays so.
struct Layout: Hashable, Sendable {
  /// One axis: a product of factors, or several of them one behind the other, as special tokens stand before the picture's.
  struct Axis: Hashable, Sendable {
    private(set) var parts: [[AxisFactor]]

    init(_ factors: [AxisFactor]) { parts = [factors.merged()] }

    /// Several parts; neighbours that hold no positions are one.
    init(parts: [[AxisFactor]]) {
      self.parts = parts.reduce(into: []) { result, part in
        if let last = result.last, !last.holdsPositions, !part.holdsPositions, !last.isUnknown, !part.isUnknown {
          result[result.count - 1] = [AxisFactor(role: .other, size: last.size + part.size)]
        } else {
          result.append(part.merged())
        }
      }
    }

    /// An axis without positions; of size 1, one that stands for nothing.
    init(_ role: AxisFactor.Role, _ size: Int) { parts = [size == 1 ? [] : [AxisFactor(role: role, size: size)]] }

    var factors: [AxisFactor] { parts.count == 1 ? parts[0] : parts.flatMap { $0 } }
    var size: Int { parts.count == 1 ? parts[0].size : parts.reduce(0) { $0 + $1.size } }
    /// Whether special tokens stand beside the picture's.
    var isSegmented: Bool { parts.count > 1 }
    var holdsPositions: Bool { parts.contains { $0.holdsPositions } }
    var isUnknown: Bool { parts.contains { $0.isUnknown } }
    /// Whether places and features lie on it together.
    var holdsFlattenedMap: Bool { parts.contains { $0.holdsPositions && $0.contains { $0.role == .channel } } }

    func withPositions(as role: AxisFactor.Role) -> Axis { Axis(parts: parts.map { $0.withPositions(as: role) }) }
  }

  var axes: [Axis]
  /// The rows that the row factors make up together, and the columns.
  var rows = Lines(1)
  var columns = Lines(1)

  init(_ axes: [Axis], rows: Lines = Lines(1), columns: Lines = Lines(1)) {
    (self.axes, self.rows, self.columns) = (axes, rows, columns)
  }

  /// A batch of images, N C H W.
  init(image shape: Shape) {
    axes = [
      Axis([AxisFactor(role: .batch, size: shape.n)]), Axis(.channel, shape.c), Axis(.row, shape.h),
      Axis(.column, shape.w),
    ]
    (rows, columns) = (Lines(shape.h), Lines(shape.w))
  }

  /// A value without positions.
  init(plain shape: Shape) { axes = shape.dimensions.map { Axis(.channel, $0) } }

  /// A value of which nothing is known.
  init(unknown shape: Shape) { axes = shape.dimensions.map { Axis(.unknown, $0) } }

  /// Whether some axis tells places of the picture apart, or may do so.
  var holdsPositions: Bool { axes.contains { $0.holdsPositions || $0.isUnknown } }
  var isUnknown: Bool { axes.contains(where: \.isUnknown) }
  /// The axis on which special tokens stand beside the picture's.
  var tokenAxis: Int? { axes.firstIndex { $0.isSegmented && $0.holdsPositions } }

  subscript(lines role: AxisFactor.Role) -> Lines {
    get { role == .row ? rows : columns }
    set { if role == .row { rows = newValue } else { columns = newValue } }
  }

  /// The axes that hold rows (or columns).
  func axes(of role: AxisFactor.Role) -> [Int] {
    axes.indices.filter { axes[$0].parts.contains { $0.contains { $0.role == role } } }
  }

  // MARK: Changes

  /// The layout after `mixed` axes were mixed, each in itself: places that were merged into features, as Swin merges patches, are
  /// features from then on. A map that lies on one of these axes as a whole keeps its places.
  func mixingMergedPatches(_ mixed: [Int]) -> Layout {
    let merged = mixed.filter { axes[$0].holdsFlattenedMap && !axes[$0].isSegmented && !axes[$0].isUnknown }
    guard !merged.isEmpty, [AxisFactor.Role.row, .column].allSatisfy({ !Set(axes(of: $0)).isSubset(of: merged) }) else {
      return self
    }
    return merged.reduce(self) { $0.replacing($1, by: Axis(.channel, $0.axes[$1].size)) }.settled()
  }

  /// The layout with another axis.
  func replacing(_ axis: Int, by new: Axis) -> Layout {
    var result = self
    result.axes[axis] = new
    return result
  }

  /// Without the positions that no axis holds any more.
  ///
  /// Where the least significant rows are gone, as where a window's cells became features, the others are the rows of a coarser
  /// grid. Where others are gone, what is left stands for no place: unknown.
  func settled() -> Layout {
    var result = self
    for role in [AxisFactor.Role.row, .column] { result.settle(role) }
    return result
  }

  private mutating func settle(_ role: AxisFactor.Role) {
    var factors: [AxisFactor] = []
    for axis in axes {
      for part in axis.parts { for factor in part where factor.role == role { factors.append(factor) } }
    }
    if factors.isEmpty {
      // A single row knows which one it is.
      if self[lines: role].count != 1 { self[lines: role] = Lines(1) }
      return
    }
    if factors.count == 1, factors[0].step == 1, factors[0].size == self[lines: role].count { return }
    factors.sort { $0.step < $1.step }
    var end = factors[0].step
    for factor in factors {
      guard factor.step == end else { return forget(role) }
      end *= factor.size
    }
    let least = factors[0].step
    guard end == self[lines: role].count, let lines = self[lines: role].every(least) else { return forget(role) }
    self[lines: role] = lines
    if least > 1 { change(role) { AxisFactor(role: role, size: $0.size, step: $0.step / least) } }
  }

  private mutating func forget(_ role: AxisFactor.Role) {
    change(role) { AxisFactor(role: .unknown, size: $0.size) }
    self[lines: role] = Lines(1)
  }

  private mutating func change(_ role: AxisFactor.Role, _ change: (AxisFactor) -> AxisFactor) {
    for axis in axes.indices where axes[axis].parts.contains(where: { $0.contains { $0.role == role } }) {
      axes[axis] = Axis(parts: axes[axis].parts.map { $0.map { $0.role == role ? change($0) : $0 } })
    }
  }
}
