/// Which convolution algorithms may be used.
public enum Engine: String, Sendable, CaseIterable {
  /// The fastest for each shape.
  case auto
  /// im2col and GEMM everywhere: the plain path, for checking.
  case im2col
}

/// What an operation may use while it runs: threads and scratch memory. Belongs to one session.
public final class ExecutionContext {
  public let threads: Workers
  public let engine: Engine
  private var scratch: [TensorStorage] = []

  public init(threads: Int, engine: Engine = .auto) {
    self.threads = Workers(threads)
    self.engine = engine
  }

  /// Memory for each worker of a parallel loop, at least `count` floats each; kept and handed out again by the next call.
  func scratch(_ count: Int) -> [UnsafeMutablePointer<Float>] {
    if scratch.first.map({ $0.count < count }) ?? true {
      scratch = (0..<threads.count).map { _ in TensorStorage(count: count) }
    }
    return scratch.map(\.base)
  }
}
