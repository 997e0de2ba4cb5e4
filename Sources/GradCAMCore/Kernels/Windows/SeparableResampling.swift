/// Weighted sums over rows and columns of a feature map, the weights a product of one for the row and one for the column.
enum SeparableResampling {
  /// y(n, y, x, c) = Σ_rows Σ_columns weight_row · weight_column · x(n, row, column, c).
  ///
  /// - Parameters:
  ///   - rows: by output row, the input rows; `columns` likewise.
  static func apply(
    _ input: Tensor, rows: AxisTaps<Float>, columns: AxisTaps<Float>, threads: Workers
  ) -> Tensor {
    let from = input.shape
    let shape = Shape(from.n, from.c, rows.count, columns.count)
    return Tensor(shape) { output in
      parallelFor(shape.n * shape.h, threads: threads) { row, _ in
        let (n, y) = row.quotientAndRemainder(dividingBy: shape.h)
        for x in 0..<shape.w {
          let target = output + (row * shape.w + x) * shape.c
          target.update(repeating: 0, count: shape.c)
          for vertical in rows[y] {
            let line = input.elements + (n * from.h + vertical.place) * from.w * from.c
            for horizontal in columns[x] {
              let source = line + horizontal.place * from.c
              let weight = vertical.weight * horizontal.weight
              for c in 0..<shape.c { target[c] += weight * source[c] }
            }
          }
        }
      }
    }
  }
}
