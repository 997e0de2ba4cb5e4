import CKernels

/// What kernels do along lanes of a tensor, in parts that several threads take.
struct LaneKernels {
  private let lanes: gradcam_lanes
  /// What the kernels count by: a lane, or several that lie beside one another.
  private let bundles: Int
  private let bundlesPerPart: Int

  init(_ axis: StoredAxis) {
    lanes = gradcam_lanes(size: axis.size, step: axis.step)
    let vector = 16
    bundles = axis.outer * (axis.step == 1 ? 1 : (axis.step + vector - 1) / vector)
    bundlesPerPart = max((1 << 14) / max(axis.size * min(axis.step, vector), 1), 1)
  }

  /// y = eˣ / Σ eˣ, x and y being the whole tensors; they may be the same.
  func softmax(_ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, _ context: ExecutionContext) {
    forEachPart(context) { lanes, part in
      context.kernels.functions.softmax(x, y, lanes, part.lowerBound, part.upperBound)
    }
  }

  /// target = y·(gradient − Σ gradient·y).
  func softmaxGradient(
    _ gradient: UnsafePointer<Float>, _ y: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>,
    _ context: ExecutionContext
  ) {
    forEachPart(context) { lanes, part in
      context.kernels.functions.softmax_back(gradient, y, target, lanes, part.lowerBound, part.upperBound)
    }
  }

  /// y = (x − mean)/√(variance + eps)·weight + bias; x and y may be the same.
  func standardize(
    _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, _ norm: Norm, _ context: ExecutionContext
  ) {
    var record = norm.record
    withUnsafePointer(to: &record) { record in
      forEachPart(context) { lanes, part in
        context.kernels.functions.standardize(x, y, lanes, record, part.lowerBound, part.upperBound)
      }
    }
  }

  /// The gradient of that by x.
  func standardizeGradient(
    _ gradient: UnsafePointer<Float>, _ x: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, _ norm: Norm,
    _ context: ExecutionContext
  ) {
    var record = norm.record
    withUnsafePointer(to: &record) { record in
      forEachPart(context) { lanes, part in
        context.kernels.functions.standardize_back(
          gradient, x, target, lanes, record, part.lowerBound, part.upperBound)
      }
    }
  }

  private func forEachPart(_ context: ExecutionContext, _ body: (UnsafePointer<gradcam_lanes>, Range<Int>) -> Void) {
    withUnsafePointer(to: lanes) { lanes in
      parallelFor(bundles, blockSize: bundlesPerPart, threads: context.threads) { part, _ in body(lanes, part) }
    }
  }

  struct Norm {
    /// A number for each element of a lane; nil for 1 and 0.
    var weight: UnsafePointer<Float>?
    var bias: UnsafePointer<Float>?
    let eps: Double
    /// Whether the mean is taken away; if not, it counts as 0.
    let isCentred: Bool

    fileprivate var record: gradcam_norm {
      gradcam_norm(weight: weight, bias: bias, eps: eps, is_centred: isCentred ? 1 : 0)
    }
  }
}
