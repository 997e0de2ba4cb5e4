import CKernels

/// Winograd's minimal filtering for kernels of 3×3 (Lavin and Gray 2015), two-dimensional: a tile of outputs from a tile of inputs by
/// as many products as it has points.
enum Winograd: String, Hashable, Sendable, CaseIterable {
  /// 4×4 outputs from 36 products a channel, where the direct sum takes 144.
  case f43
  /// 2×2 outputs from 16 products, where the direct sum takes 36.
  case f23
  /// 2×2 outputs of a convolution of stride 2 from 25 products, where the direct sum takes 36.
  case f22s2

  /// Points of one dimension, and places of the input that a tile covers.
  var points: Int {
    switch self {
    case .f43: 6
    case .f23: 4
    case .f22s2: 5
    }
  }

  /// Outputs of one dimension.
  var outputs: Int { self == .f43 ? 4 : 2 }

  var stride: Int { self == .f22s2 ? 2 : 1 }

  func kernels(_ kernels: VectorKernels) -> gradcam_winograd {
    switch self {
    case .f43: kernels.functions.f43
    case .f23: kernels.functions.f23
    case .f22s2: kernels.functions.f22s2
    }
  }

  /// Whether a convolution can be done so.
  func suits(_ g: ConvolutionGeometry) -> Bool {
    g.r == 3 && g.s == 3 && g.dilation == (1, 1) && g.stride == (stride, stride)
  }

  /// Tiles of the outputs of a convolution: of one image's rows and columns.
  func tiles(_ g: ConvolutionGeometry) -> (rows: Int, columns: Int) {
    ((g.oh + outputs - 1) / outputs, (g.ow + outputs - 1) / outputs)
  }
}
