import CKernels

/// Convolution of a map of few channels, such as an image, by vector code: its patches are so short that a product of matrices would
/// spend most of its time on gathering them and on storing sums.
enum DirectConvolution {
  /// Channels up to which patches are short.
  private static let fewChannels = 4

  /// Whether a convolution is one of these.
  static func suits(_ g: ConvolutionGeometry) -> Bool {
    g.groups == 1 && g.c <= fewChannels && g.dilation.w == 1 && g.r * g.s > 1 && g.k >= 8
  }

  /// output = epilogue(weight ∗ input). Input N H W C, weight R S C K, output N OH OW K.
  static func forward(
    input: UnsafePointer<Float>, weight: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
    _ g: ConvolutionGeometry, _ epilogue: ConvolutionEpilogue, _ context: ExecutionContext
  ) {
    var record = gradcam_direct(
      width: g.w, channels: g.c, outputs: g.k, rows: g.r, columns: g.s, column_stride: g.stride.w,
      left: g.padding.left, output_width: g.ow)
    let kernel = context.kernels.functions.direct
    withUnsafePointer(to: epilogue.record) { epilogue in
      withUnsafePointer(to: &record) { record in
        parallelFor(g.n * g.oh, threads: context.threads) { row, _ in
          let (image, y) = row.quotientAndRemainder(dividingBy: g.oh)
          withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: g.r) { rows in
            for r in 0..<g.r {
              let iy = y * g.stride.h - g.padding.top + r * g.dilation.h
              rows[r] = iy >= 0 && iy < g.h ? input + (image * g.h + iy) * g.w * g.c : nil
            }
            let offset = row * g.ow * g.k
            kernel?(record, rows.baseAddress, weight, output + offset, offset, epilogue)
          }
        }
      }
    }
  }
}
