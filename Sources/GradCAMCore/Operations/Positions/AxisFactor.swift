/// What an index along an axis, or along a part of it, counts.
struct AxisFactor: Hashable, Sendable {
  enum Role: Sendable {
    /// Images.
    case batch
    /// Rows of the picture.
    case row
    /// Columns of the picture.
    case column
    /// Features, or heads of them.
    case channel
    /// Anything that is no place in the picture: special tokens, keys of an attention.
    case other
    /// Nobody knows.
    case unknown
  }

  var role: Role
  var size: Int
  /// Rows or columns from one index to the next; 1 for the other roles.
  var step = 1

  var isPosition: Bool { role == .row || role == .column }

  /// Whether `next`, which is less significant, and this are one factor.
  fileprivate func continues(in next: AxisFactor) -> Bool {
    guard role == next.role, role != .batch else { return false }
    return !isPosition || step == next.step * next.size
  }
}

/// A product of factors, the most significant first.
extension [AxisFactor] {
  var size: Int { reduce(1) { $0 * $1.size } }
  var holdsPositions: Bool { contains(where: \.isPosition) }
  var isUnknown: Bool { contains { $0.role == .unknown } }

  /// Without what has one index (a batch may), neighbours that are one factor made one.
  func merged() -> [AxisFactor] {
    reduce(into: []) { result, factor in
      if factor.size == 1, factor.role != .batch { return }
      if let last = result.last, last.continues(in: factor) {
        result[result.count - 1] = AxisFactor(role: factor.role, size: last.size * factor.size, step: factor.step)
      } else {
        result.append(factor)
      }
    }
  }

  /// The same product with another role in the place of rows and columns.
  func withPositions(as role: AxisFactor.Role) -> [AxisFactor] {
    map { $0.isPosition ? AxisFactor(role: role, size: $0.size) : $0 }.merged()
  }
}

/// The rows (or the columns) of the picture's grid that a value holds, as an arc of a ring: index i stands for row i + `shift`.
///
/// A slice is a part of the ring, a roll the whole of it from another row on; two slices that follow each other are one.
struct Lines: Hashable, Sendable {
  let count: Int
  var shift = 0
  /// Rows of the ring.
  let whole: Int

  init(_ count: Int) { (self.count, whole) = (count, count) }

  private init(_ count: Int, _ shift: Int, of whole: Int) {
    (self.count, self.shift, self.whole) = (count, shift, whole)
  }

  /// Whether the first row stands behind the last.
  var isRolled: Bool { shift + count > whole }

  /// Whether rows are missing.
  var isPart: Bool { count < whole }

  /// Rows from `start` on, rolled by so many where all are taken.
  func cut(from start: Int, count: Int) -> Lines {
    whole == 0 ? Lines(count) : Lines(count, (shift + start) % whole, of: whole)
  }

  /// These rows and then those of `next`; nil where they do not follow each other.
  func followed(by next: Lines) -> Lines? {
    guard whole == next.whole, whole > 0, next.shift == (shift + count) % whole, count + next.count <= whole else {
      return nil
    }
    return Lines(count + next.count, shift, of: whole)
  }

  /// One of every `step` rows; nil where a roll does not allow it.
  func every(_ step: Int) -> Lines? {
    if !isRolled { return Lines(count / step) }
    return shift % step == 0 && whole % step == 0 ? Lines(count / step, shift / step, of: whole / step) : nil
  }

  /// What two values that are joined row by row hold; nil where they do not fit.
  func joined(with other: Lines) -> Lines? {
    if self == other { return self }
    return count == other.count && !isRolled && !other.isRolled ? Lines(count) : nil
  }
}
