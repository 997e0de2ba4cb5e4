import CKernels

/// A level of the engine's own inner loops. Matrix products are OpenBLAS's, whose kernels `OPENBLAS_CORETYPE` names.
public enum VectorLevel: String, Sendable, CaseIterable {
  /// The best that the processor can do.
  case auto
  case avx512, avx2
  /// What every processor of the kind can do.
  case baseline

  /// Whether this processor can do it.
  public var isAvailable: Bool { VectorKernels(self) != nil }
}

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

  /// nil for a level that this processor cannot do.
  init?(_ level: VectorLevel) {
    guard level != .auto else {
      self = .best
      return
    }
    guard let found = Self.available.first(where: { $0.name == level.rawValue }) else { return nil }
    self = found
  }

  private init(level: Int32) { table = gradcam_kernels_for(level) }
}
