/// The stored order of elements against the logical one.
enum StorageOrder {
  /// Whether channels-last order and logical order are the same for this shape.
  static func isLogical(_ shape: Shape) -> Bool {
    shape.rank != 4 || shape.c == 1 || shape.h * shape.w == 1
  }

  /// N C H W to N H W C, for feature maps; other ranks are copied.
  static func fromLogical(_ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, shape: Shape) {
    if isLogical(shape) { return target.update(from: source, count: shape.count) }
    transpose(source, to: target, images: shape.n, rows: shape.c, columns: shape.h * shape.w)
  }

  /// N H W C to N C H W, for feature maps; other ranks are copied.
  static func toLogical(_ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, shape: Shape) {
    if isLogical(shape) { return target.update(from: source, count: shape.count) }
    transpose(source, to: target, images: shape.n, rows: shape.h * shape.w, columns: shape.c)
  }

  /// Writes the transposes of as many `rows` × `columns` matrices, in blocks that stay in the cache.
  private static func transpose(
    _ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, images: Int, rows: Int, columns: Int
  ) {
    let block = 16
    for image in 0..<images {
      let (source, target) = (source + image * rows * columns, target + image * rows * columns)
      for row in stride(from: 0, to: rows, by: block) {
        for column in stride(from: 0, to: columns, by: block) {
          for r in row..<min(row + block, rows) {
            for c in column..<min(column + block, columns) { target[c * rows + r] = source[r * columns + c] }
          }
        }
      }
    }
  }
}
