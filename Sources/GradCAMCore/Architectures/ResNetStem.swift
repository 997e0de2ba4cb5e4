/// What a ResNet does before its first stage: one convolution or three, and a maximum.
struct ResNetStem: Sendable {
  /// Output channels of the convolutions: one, or three of 3×3.
  var widths: [Int]
  /// Of the first convolution.
  var kernel: Int
  /// Of the first convolution.
  var stride: Int
  /// Of the maximum; 1 where there is none.
  var pool: Int

  var isDeep: Bool { widths.count > 1 }

  /// Whether it keeps the size of small images, as those of CIFAR.
  var keepsSize: Bool { stride == 1 && pool == 1 }

  /// The usual stem for these weights.
  ///
  /// One convolution of 3×3 belongs to networks for small images, which halve nothing there; so K. Liu's pytorch-cifar, and many
  /// after it. MONAI's networks, which are known by their shortcuts' biases, have a stride of 1 before the maximum.
  init(_ shapes: ParameterShapes, isDeep: Bool, isMONAI: Bool) {
    guard !isDeep else {
      widths = [0, 3, 6].map { shapes.size("conv1.\($0).weight", 0) ?? ($0 < 6 ? 32 : 64) }
      (kernel, stride, pool) = (3, 2, 2)
      return
    }
    widths = [shapes.size("conv1.weight", 0) ?? 64]
    // No network has a larger one, and products of sizes stay in range whatever a file claims.
    kernel = shapes.size("conv1.weight", 2).map { min($0, 31) } ?? 7
    (stride, pool) = isMONAI ? (1, 2) : kernel == 3 ? (1, 1) : (2, 2)
  }
}
