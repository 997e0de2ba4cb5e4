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
    _ input: Tensor, _ shape: Shape, _ context: ExecutionContext, _ cell: (_ y: Int, _ x: Int) -> Cell
  ) -> Tensor {
    let (channels, inputShape) = (shape.c, input.shape)
    return Tensor(shape) { output in
      parallelFor(shape.n * shape.h, threads: context.threads) { row, _ in
        let (n, y) = row.quotientAndRemainder(dividingBy: shape.h)
        for x in 0..<shape.w {
          let cell = cell(y, x)
          let target = output + (row * shape.w + x) * channels
          target.update(repeating: 0, count: channels)
          for iy in cell.rows {
            for ix in cell.columns {
              let source = input.elements + ((n * inputShape.h + iy) * inputShape.w + ix) * channels
              for c in 0..<channels { target[c] += source[c] }
            }
          }
          let divisor = Float(max(cell.divisor, 1))
          for c in 0..<channels { target[c] /= divisor }
        }
      }
    }
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
