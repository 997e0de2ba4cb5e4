import CKernels

/// What is done to a convolution's sums before they are stored: y = f(sum · scale + shift + residual).
struct ConvolutionEpilogue {
  /// K values each; nil for 1 and 0.
  var scale: UnsafePointer<Float>?
  var shift: UnsafePointer<Float>?
  /// A tensor in the output's order that is added.
  var residual: UnsafePointer<Float>?
  var activation = Activation.identity

  /// The same for the kernels.
  var record: gradcam_epilogue {
    gradcam_epilogue(
      scale: scale, shift: shift, residual: residual, activation: activation.code, a: activation.a, b: activation.b)
  }

  /// Whether there is nothing to do.
  var isEmpty: Bool { scale == nil && shift == nil && residual == nil && activation == .identity }

  /// Finishes `rows` rows of `count` channels, from channel `first` on, in place.
  ///
  /// - Parameters:
  ///   - stride: from one row to the next, in the sums and in the residual.
  ///   - offset: where the first row's first channel stands in the output, and so in the residual.
  func finish(
    _ sums: UnsafeMutablePointer<Float>, rows: Int, count: Int, stride: Int, first: Int, offset: Int,
    _ kernels: VectorKernels
  ) {
    if isEmpty { return }
    withUnsafePointer(to: record) {
      kernels.functions.finish(sums, stride, sums, rows, count, stride, first, offset, $0)
    }
  }

  /// target = epilogue(source), for `rows` rows of all channels, one behind the other.
  func apply(
    _ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, rows: Int, channels: Int,
    _ kernels: VectorKernels
  ) {
    withUnsafePointer(to: record) {
      kernels.functions.finish(source, channels, target, rows, channels, channels, 0, 0, $0)
    }
  }
}
