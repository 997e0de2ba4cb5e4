import CKernels

/// Convolution of every channel by a kernel of its own, without a matrix product, which would have one column.
///
/// Forward and backward are the same loop: an output sums over inputs, an input's gradient over the outputs it went into.
struct DepthwiseConvolution: Sendable {
  private let g: ConvolutionGeometry
  private let windows: WindowRows
  /// How the windows move along a row; nil where they do not move evenly.
  private let stride: gradcam_stride?

  /// Whether a convolution is one of these.
  static func suits(_ g: ConvolutionGeometry) -> Bool {
    g.groups == g.c && g.k == g.c && g.groups > 1
      && WindowRows.canList(outputs: (g.oh, g.ow), window: (g.r, g.s))
  }

  /// Lists the windows: once for a pass that runs many times.
  init(_ g: ConvolutionGeometry) {
    self.g = g
    let (rows, columns) = Self.taps(g)
    windows = WindowRows(rows: rows, columns: columns, size: (g.h, g.w), channels: g.c, windowWidth: g.s)
    let stride = gradcam_stride(
      kernel: g.s, step: g.stride.w, left: g.padding.left, source_width: g.w, is_turned: 0)
    self.stride = g.dilation.w == 1 ? stride : nil
  }

  /// output = epilogue(weight ∗ input). Input N H W C, weight R S C, output N OH OW C.
  func forward(
    input: UnsafePointer<Float>, weight: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
    _ epilogue: ConvolutionEpilogue, _ context: ExecutionContext
  ) {
    Self.accumulate(
      input, weight, output, images: g.n, rowLength: g.ow * g.c, windows, stride, epilogue, context)
  }

  /// inputGradient = weightᵀ ∗ outputGradient.
  static func inputGradient(
    outputGradient: UnsafePointer<Float>, weight: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>,
    _ g: ConvolutionGeometry, _ context: ExecutionContext
  ) {
    let (rows, columns) = taps(g)
    let windows = WindowRows(
      rows: rows.turned(count: g.h), columns: columns.turned(count: g.w), size: (g.oh, g.ow), channels: g.c,
      windowWidth: g.s)
    let stride = gradcam_stride(
      kernel: g.s, step: 1, left: g.s - 1 - g.padding.left, source_width: g.ow, is_turned: 1)
    accumulate(
      outputGradient, weight, inputGradient, images: g.n, rowLength: g.w * g.c, windows,
      g.dilation.w == 1 && g.stride.w == 1 ? stride : nil, ConvolutionEpilogue(), context)
  }

  /// By output row, the kernel rows that meet an input row and which; columns likewise.
  private static func taps(_ g: ConvolutionGeometry) -> (rows: AxisTaps<Int>, columns: AxisTaps<Int>) {
    AxisTaps.ofWindows(
      outputs: (g.oh, g.ow), kernel: (g.r, g.s), stride: g.stride, padding: g.padding, dilation: g.dilation,
      inputs: (g.h, g.w))
  }

  /// - Parameter stride: how the windows move along a row; nil where they do not move evenly.
  private static func accumulate(
    _ source: UnsafePointer<Float>, _ weight: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, images: Int,
    rowLength: Int, _ windows: WindowRows, _ stride: gradcam_stride?, _ epilogue: ConvolutionEpilogue,
    _ context: ExecutionContext
  ) {
    let kernel = context.kernels.functions.depthwise
    var stride = stride ?? gradcam_stride()
    withUnsafePointer(to: epilogue.record) { epilogue in
      withUnsafePointer(to: &stride) { stride in
        windows.forEach(source, images: images, threads: context.threads) { taps, row in
          kernel?(taps, stride, weight, target + row * rowLength, row * rowLength, epilogue)
        }
      }
    }
  }
}
