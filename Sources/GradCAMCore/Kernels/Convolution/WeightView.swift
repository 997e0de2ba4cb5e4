import CKernels

/// A convolution's weights wherever they lie: so many outputs, channels, rows and columns, and the strides from one to the next,
/// negative where the kernel is turned round.
struct WeightView: @unchecked Sendable {
  // Unchecked, since a pointer cannot be Sendable: nobody writes the weights.
  var base: UnsafePointer<Float>
  var outputs: Int
  var channels: Int
  var rows: Int
  var columns: Int
  var strides: (output: Int, channel: Int, row: Int, column: Int)

  /// Weights of the shape K C R S in stored order, K R S C.
  init(stored base: UnsafePointer<Float>, _ shape: Shape) {
    self.init(base: base, shape, strides: (shape.h * shape.w * shape.c, 1, shape.w * shape.c, shape.c))
  }

  /// Weights of the shape K C R S in logical order.
  init(logical base: UnsafePointer<Float>, _ shape: Shape) {
    self.init(base: base, shape, strides: (shape.c * shape.h * shape.w, shape.h * shape.w, shape.w, 1))
  }

  /// A matrix as a kernel of 1×1: of so many outputs, the weights of one in a row, or in a column where it `isTurned`.
  init(matrix base: UnsafePointer<Float>, _ shape: Shape, isTurned: Bool) {
    self.init(base: base, shape, strides: isTurned ? (1, shape.n, 0, 0) : (shape.c, 1, 0, 0))
  }

  private init(base: UnsafePointer<Float>, _ shape: Shape, strides: (Int, Int, Int, Int)) {
    self.base = base
    (outputs, channels, rows, columns) = (shape.n, shape.c, shape.h, shape.w)
    self.strides = strides
  }

  /// Some of the outputs.
  func outputs(_ range: Range<Int>) -> WeightView {
    var part = self
    part.base += range.lowerBound * strides.output
    part.outputs = range.count
    return part
  }

  /// The convolution of stride 1 that gives the input's gradient: outputs for channels, and the kernel turned round.
  var gradient: WeightView {
    var turned = self
    turned.base += (rows - 1) * strides.row + (columns - 1) * strides.column
    (turned.outputs, turned.channels) = (channels, outputs)
    turned.strides = (strides.channel, strides.output, -strides.row, -strides.column)
    return turned
  }

  /// The weight of one output at one tap.
  subscript(output: Int, channel: Int, row: Int, column: Int) -> Float {
    base[output * strides.output + channel * strides.channel + row * strides.row + column * strides.column]
  }

  /// Writes the weights in stored order, K R S C.
  func writeStored(to target: UnsafeMutablePointer<Float>) {
    let axes = [
      StridedCopy.Axis(size: outputs, source: strides.output, target: rows * columns * channels),
      StridedCopy.Axis(size: rows, source: strides.row, target: columns * channels),
      StridedCopy.Axis(size: columns, source: strides.column, target: channels),
      StridedCopy.Axis(size: channels, source: strides.channel, target: 1),
    ]
    StridedCopy.copy(axes, from: base, to: target)
  }

  /// Writes a matrix of R·S·C rows and a column an output.
  func writePanel(to target: UnsafeMutablePointer<Float>) {
    // Channels outermost: what a file has side by side is read together.
    for channel in 0..<channels {
      for row in 0..<rows {
        for column in 0..<columns {
          let source = base + channel * strides.channel + row * strides.row + column * strides.column
          let line = target + ((row * columns + column) * channels + channel) * outputs
          for output in 0..<outputs { line[output] = source[output * strides.output] }
        }
      }
    }
  }

  /// The same for the kernels.
  var record: gradcam_weight_view {
    gradcam_weight_view(
      base: base, outputs: outputs, channels: channels, output_stride: strides.output,
      channel_stride: strides.channel, row_stride: strides.row, column_stride: strides.column)
  }
}
