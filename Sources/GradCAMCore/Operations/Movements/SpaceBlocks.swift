import ModelFormats

/// The order in which a block's rows and columns are packed into channels.
enum BlockOrder: String, Sendable, CaseIterable {
  /// Depth, column, row: channel = (row · block + column) · C + c.
  case dcr = "DCR"
  /// Column, row, depth, as in PyTorch's pixel shuffle: channel = (c · block + row) · block + column.
  case crd = "CRD"
}

/// Blocks of positions, packed into channels and spread again.
struct SpaceBlocks {
  let size: Int
  let order: BlockOrder

  func check() throws(InputError) {
    guard size >= 1, size <= 1 << 12 else { throw InputError("", "has blocks of \(size)×\(size) positions") }
  }

  /// The axes N, C, rows and columns of blocks, rows and columns in a block, from packed to spread.
  func axes(packed: Shape, spread: Shape) -> [StridedCopy.Axis] {
    let (from, to) = (StoredAxis.strides(packed), StoredAxis.strides(spread))
    let column = order == .crd ? 1 : spread.c
    return [
      StridedCopy.Axis(size: spread.n, source: from[0], target: to[0]),
      StridedCopy.Axis(size: spread.c, source: from[1] * (order == .crd ? size * size : 1), target: to[1]),
      StridedCopy.Axis(size: packed.h, source: from[2], target: to[2] * size),
      StridedCopy.Axis(size: size, source: from[1] * column * size, target: to[2]),
      StridedCopy.Axis(size: packed.w, source: from[3], target: to[3] * size),
      StridedCopy.Axis(size: size, source: from[1] * column, target: to[3]),
    ]
  }
}
