/// What is done to a convolution's sums before they are stored: y = f(sum · scale + shift + residual).
struct ConvolutionEpilogue {
  enum Activation { case none, relu }

  /// K values each; nil for 1 and 0.
  var scale: UnsafePointer<Float>?
  var shift: UnsafePointer<Float>?
  /// A tensor in the output's order that is added.
  var residual: UnsafePointer<Float>?
  var activation = Activation.none

  /// Finishes `count` channels, from channel `first` on, of one output position.
  ///
  /// - Parameters:
  ///   - sums: the position's channels from `first` on, finished in place.
  ///   - offset: where they stand in the output, and so in the residual.
  @inline(__always)
  func finish(_ sums: UnsafeMutablePointer<Float>, first: Int, count: Int, offset: Int) {
    if let scale {
      let scale = scale + first
      for i in 0..<count { sums[i] *= scale[i] }
    }
    if let shift {
      let shift = shift + first
      for i in 0..<count { sums[i] += shift[i] }
    }
    if let residual {
      let residual = residual + offset
      for i in 0..<count { sums[i] += residual[i] }
    }
    if activation == .relu {
      // A NaN stays one, as in PyTorch.
      for i in 0..<count { sums[i] = sums[i] < 0 ? 0 : sums[i] }
    }
  }
}
