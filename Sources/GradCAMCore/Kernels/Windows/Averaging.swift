/// Averages over rectangles of a feature map, which the average poolings share.
enum Averaging {
  /// What one output position averages: the sum over `rows` and `columns` divided by `divisor`.
  struct Cell {
    var rows: Range<Int>
    var columns: Range<Int>
    var divisor: Int
  }

  /// - Parameter cell: the rectangle of output row y and column x.
  static func forward(
    _ input: Tensor, _ shape: Shape, to output: UnsafeMutablePointer<Float>, _ context: ExecutionContext,
    _ cell: (_ y: Int, _ x: Int) -> Cell
  ) {
    // Rows are few where all positions are averaged: channels are shared out, too.
    let block = 256
    let blocks = (shape.c + block - 1) / block
    parallelFor(shape.n * shape.h * blocks, threads: context.threads) { unit, _ in
      let (row, index) = unit.quotientAndRemainder(dividingBy: blocks)
      let channels = index * block..<min((index + 1) * block, shape.c)
      let (n, y) = row.quotientAndRemainder(dividingBy: shape.h)
      for x in 0..<shape.w {
        let target = output + (row * shape.w + x) * shape.c + channels.lowerBound
        average(input, n, cell(y, x), channels, to: target)
      }
    }
  }

  private static func average(
    _ input: Tensor, _ n: Int, _ cell: Cell, _ channels: Range<Int>, to target: UnsafeMutablePointer<Float>
  ) {
    let shape = input.shape
    target.update(repeating: 0, count: channels.count)
    for iy in cell.rows {
      for ix in cell.columns {
        let source = input.elements + ((n * shape.h + iy) * shape.w + ix) * shape.c + channels.lowerBound
        for c in 0..<channels.count { target[c] += source[c] }
      }
    }
    let divisor = Float(max(cell.divisor, 1))
    for c in 0..<channels.count { target[c] /= divisor }
  }

  /// Each input position receives the output gradients of the rectangles that hold it, divided as they were.
  static func backward(
    _ outputGradient: Tensor, _ input: Shape, _ context: ExecutionContext, _ cell: (_ y: Int, _ x: Int) -> Cell
  ) -> Tensor {
    let (channels, shape) = (input.c, outputGradient.shape)
    return Tensor(input) { target in
      target.update(repeating: 0, count: input.count)
      // Rectangles of one image may overlap: one worker takes an image.
      parallelFor(shape.n, threads: context.threads) { n, _ in
        for y in 0..<shape.h {
          for x in 0..<shape.w {
            let cell = cell(y, x)
            let source = outputGradient.elements + ((n * shape.h + y) * shape.w + x) * channels
            let divisor = Float(max(cell.divisor, 1))
            for iy in cell.rows {
              for ix in cell.columns {
                let row = target + ((n * input.h + iy) * input.w + ix) * channels
                for c in 0..<channels { row[c] += source[c] / divisor }
              }
            }
          }
        }
      }
    }
  }
}
