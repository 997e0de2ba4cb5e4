import CKernels

/// A function that a kernel can apply to what it stores, element by element.
struct Activation: Hashable, Sendable {
  /// One of the kernels' own numbers.
  let code: Int32
  let a: Float
  let b: Float

  private init(_ code: gradcam_activation, _ a: Float = 0, _ b: Float = 0) {
    (self.code, self.a, self.b) = (Int32(code.rawValue), a, b)
  }

  static let identity = Activation(GRADCAM_IDENTITY)
  static let relu = Activation(GRADCAM_RELU)
  static let hardSwish = Activation(GRADCAM_HARD_SWISH)
  static let sigmoid = Activation(GRADCAM_SIGMOID)
  static let silu = Activation(GRADCAM_SILU)
  static let gelu = Activation(GRADCAM_GELU)
  /// GELU by a hyperbolic tangent.
  static let approximateGELU = Activation(GRADCAM_GELU_TANH)
  static let erf = Activation(GRADCAM_ERF)
  static let tanh = Activation(GRADCAM_TANH)
  static func clip(_ lower: Float, _ upper: Float) -> Activation { Activation(GRADCAM_CLIP, lower, upper) }
  /// scale·max(x, 0)² + bias.
  static func starReLU(scale: Float, bias: Float) -> Activation { Activation(GRADCAM_STAR_RELU, scale, bias) }
  static func hardSigmoid(alpha: Float, beta: Float) -> Activation { Activation(GRADCAM_HARD_SIGMOID, alpha, beta) }

  /// target = f(source), `count` floats; they may be the same.
  func apply(
    _ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, count: Int, _ kernels: VectorKernels
  ) {
    kernels.functions.activate(source, target, count, code, a, b)
  }

  /// target = gradient·f′(x), 0 where either is 0; for GELU, its approximation and erf.
  func descend(
    _ gradient: UnsafePointer<Float>, _ x: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, count: Int,
    _ kernels: VectorKernels
  ) {
    kernels.functions.descend(gradient, x, target, count, code)
  }
}
