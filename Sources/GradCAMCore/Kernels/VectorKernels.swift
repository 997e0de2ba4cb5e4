import CKernels

/// The inner loops in C, compiled for several widths of vectors and chosen by what the processor can do.
struct VectorKernels: @unchecked Sendable {
  // Unchecked, since a pointer cannot be Sendable: the table is a constant.
  private let table: UnsafePointer<gradcam_kernels>

  /// The functions of this level.
  var functions: gradcam_kernels { table.pointee }

  /// The levels that this processor can do, the portable one first.
  static let available = (0...Int(gradcam_vector_level())).map(VectorKernels.init(level:))

  /// The widest.
  static let best = available[available.count - 1]

  private init(level: Int) { table = gradcam_kernels_for(Int32(level)) }
}
