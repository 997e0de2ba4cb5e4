import CKernels

/// The inner loops in C of one level: compiled for some processors, and chosen by what this one can do.
struct VectorKernels: @unchecked Sendable {
  // Unchecked, since a pointer cannot be Sendable: the table is a constant.
  private let table: UnsafePointer<gradcam_kernels>

  /// The functions of this level.
  var functions: gradcam_kernels { table.pointee }

  /// The level's name: `baseline`, `avx2`, `avx512`.
  var name: String { String(cString: table.pointee.name) }

  /// The levels that this processor can do, the portable one first.
  static let available = (0...gradcam_best_level()).map(VectorKernels.init(level:))

  /// The fastest.
  static let best = available[available.count - 1]

  private init(level: Int32) { table = gradcam_kernels_for(level) }
}
