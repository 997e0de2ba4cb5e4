/// Which convolution algorithms may be used.
public enum Engine: String, Sendable, CaseIterable {
  /// The fastest for each shape.
  case auto
  /// im2col and GEMM everywhere: the plain path, for checking.
  case im2col
}

/// What an operation may use while it runs: threads, kernels and scratch memory. Belongs to one session.
public final class ExecutionContext {
  let threads: Workers
  let engine: Engine
  let kernels: VectorKernels
  private var scratch: [TensorStorage] = []
  private var shared: TensorStorage?

  /// - Parameter kernels: a narrower level than the processor's, for checking.
  init(threads: Int, engine: Engine = .auto, kernels: VectorKernels = .best) {
    (self.threads, self.engine, self.kernels) = (Workers(threads), engine, kernels)
  }

  /// Memory for each worker of a parallel loop, at least `count` floats each; kept and handed out again by the next call.
  func scratch(_ count: Int) -> [UnsafeMutablePointer<Float>] {
    if scratch.first.map({ $0.count < count }) ?? true {
      scratch = (0..<threads.count).map { _ in TensorStorage(count: count) }
    }
    return scratch.map(\.base)
  }

  /// Memory that all workers use together, at least `count` floats; kept and handed out again by the next call.
  func shared(_ count: Int) -> UnsafeMutablePointer<Float> {
    if let shared, shared.count >= count { return shared.base }
    shared = nil
    let storage = TensorStorage(count: count)
    shared = storage
    return storage.base
  }
}
