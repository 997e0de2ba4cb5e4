import CKernels

/// Maxima over the windows of feature maps. A NaN is larger than everything.
enum MaxPooling {
  /// - Parameters:
  ///   - rows: by output row, the input rows of its windows; `columns` likewise.
  static func forward(
    _ input: Tensor, rows: AxisTaps<Int>, columns: AxisTaps<Int>, to output: UnsafeMutablePointer<Float>,
    _ context: ExecutionContext
  ) {
    let shape = input.shape
    let windows = WindowRows(
      rows: rows, columns: columns, size: (shape.h, shape.w), channels: shape.c, windowWidth: 0)
    let kernel = context.kernels.functions.max_pool
    windows.forEach(input.elements, images: shape.n, threads: context.threads) { taps, row in
      kernel?(taps, output + row * columns.count * shape.c)
    }
  }
}
