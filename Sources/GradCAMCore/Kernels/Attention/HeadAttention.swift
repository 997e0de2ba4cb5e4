import CKernels

/// softmax(Q·Kᵀ·factor + masks)·V of every matrix of a stack, such as a head of an image, without the scores of more than a few queries at
/// a time in memory. Queries, keys and values are read where they lie.
struct HeadAttention: Sendable {
  /// The matrices of a stack: where each begins, and how far apart rows and columns lie.
  struct Stack: Sendable {
    var offsets: [Int]
    var row: Int
    var column: Int

    /// - Precondition: `view` has two axes at least; those before the last two broadcast to `stack`.
    init(_ view: StridedView, in stack: [Int]) {
      offsets = view.offsets(in: stack)
      (row, column) = (view.strides[view.rank - 2], view.strides[view.rank - 1])
      if view.sizes[view.rank - 2] == 1 { row = 0 }
      if view.sizes[view.rank - 1] == 1 { column = 0 }
    }
  }

  /// Rows of queries, and of keys and values; columns of queries and keys, and of values.
  var (queryCount, keyCount, width, valueWidth): (Int, Int, Int, Int)
  /// N·heads matrices each: queries, keys, values, and the output.
  var (query, key, value, output): (Stack, Stack, Stack, Stack)
  /// Queries × keys, of whose rows or columns one may stand for all.
  var masks: [Stack] = []
  var factor: Float

  /// The memory of one pass.
  struct Pass {
    let query: UnsafePointer<Float>
    let key: UnsafePointer<Float>
    let value: UnsafePointer<Float>
    let masks: [UnsafePointer<Float>]
    let output: UnsafeMutablePointer<Float>
  }

  /// Queries that one worker takes with one copy of keys and values.
  private static let block = 128
  /// Floats of scores at a time, which stay in a core's cache.
  private static let scoreFloats = 1 << 14

  private var tile: Int { min(max(Self.scoreFloats / max(keyCount, 1), 16), 64, queryCount) }

  /// Floats that each worker needs: keys and values of one matrix, and queries, scores and results of a tile.
  var scratch: Int { keyCount * (width + valueWidth) + tile * (width + keyCount + valueWidth) }

  func run(_ pass: Pass, _ context: ExecutionContext) {
    let blocks = (queryCount + Self.block - 1) / Self.block
    let size = (queryCount + blocks - 1) / blocks
    let scratch = context.scratch(self.scratch)
    parallelFor(query.offsets.count * blocks, threads: context.threads) { unit, worker in
      let (matrix, block) = unit.quotientAndRemainder(dividingBy: blocks)
      let keys = scratch[worker]
      let values = keys + keyCount * width
      pack(pass.key + key.offsets[matrix], rows: width, columns: keyCount, key.column, key.row, to: keys)
      pack(pass.value + value.offsets[matrix], rows: keyCount, columns: valueWidth, value.row, value.column, to: values)
      let end = min((block + 1) * size, queryCount)
      for first in stride(from: block * size, to: end, by: tile) {
        attend(pass, matrix, first..<min(first + tile, end), keys, values, context.kernels)
      }
    }
  }

  /// Copies a matrix into panels of `PackedMatrix`.
  private func pack(
    _ source: UnsafePointer<Float>, rows: Int, columns: Int, _ row: Int, _ column: Int,
    to target: UnsafeMutablePointer<Float>
  ) {
    for panel in 0..<PackedMatrix.panels(columns) {
      let range = PackedMatrix.range(panel, of: columns)
      StridedCopy.copy(
        [
          StridedCopy.Axis(size: rows, source: row, target: range.count),
          StridedCopy.Axis(size: range.count, source: column, target: 1),
        ], from: source + range.lowerBound * column, to: target + range.lowerBound * rows)
    }
  }

  /// The results of some queries of one matrix. Scratch memory lies behind `values`.
  private func attend(
    _ pass: Pass, _ matrix: Int, _ queries: Range<Int>, _ keys: UnsafePointer<Float>,
    _ values: UnsafeMutablePointer<Float>, _ kernels: VectorKernels
  ) {
    let rows = values + keyCount * valueWidth
    let scores = rows + tile * width
    let results = scores + tile * keyCount
    let source = pass.query + query.offsets[matrix] + queries.lowerBound * query.row
    for row in 0..<queries.count {
      for column in 0..<width { rows[row * width + column] = source[row * query.row + column * query.column] * factor }
    }
    multiply(rows, queries.count, keys, inner: width, columns: keyCount, to: scores, rowStride: keyCount)
    for (mask, numbers) in zip(masks, pass.masks) {
      add(mask, numbers + mask.offsets[matrix] + queries.lowerBound * mask.row, queries.count, to: scores)
    }
    kernels.functions.attention_shares(scores, queries.count, keyCount)
    let target = pass.output + output.offsets[matrix] + queries.lowerBound * output.row
    if output.column == 1 || valueWidth == 1 {
      return multiply(
        scores, queries.count, values, inner: keyCount, columns: valueWidth, to: target, rowStride: output.row)
    }
    multiply(scores, queries.count, values, inner: keyCount, columns: valueWidth, to: results, rowStride: valueWidth)
    for row in 0..<queries.count {
      for column in 0..<valueWidth {
        target[row * output.row + column * output.column] = results[row * valueWidth + column]
      }
    }
  }

  private func multiply(
    _ a: UnsafePointer<Float>, _ rows: Int, _ b: UnsafePointer<Float>, inner: Int, columns: Int,
    to target: UnsafeMutablePointer<Float>, rowStride: Int
  ) {
    for panel in 0..<PackedMatrix.panels(columns) {
      let range = PackedMatrix.range(panel, of: columns)
      PackedMatrix.multiply(
        m: rows, n: range.count, k: inner, a, lda: inner, b + range.lowerBound * inner, target + range.lowerBound,
        ldc: max(rowStride, columns))
    }
  }

  private func add(
    _ mask: Stack, _ numbers: UnsafePointer<Float>, _ rows: Int, to scores: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<rows {
      let (target, source) = (scores + row * keyCount, numbers + row * mask.row)
      if mask.column == 1 {
        for key in 0..<keyCount { target[key] += source[key] }
      } else {
        for key in 0..<keyCount { target[key] += source[key * mask.column] }
      }
    }
  }
}
