import ModelFormats

/// Hands a network its weights by name, and keeps account of what is missing, mis-shaped, or left over.
///
/// What a file does not have, or has in another shape, is given as a stand-in, so that one pass over an architecture finds every
/// shortfall at once; a graph with a shortfall must not run.
final class ParameterSource {
  /// What an architecture asked for, in order.
  private(set) var expected: [(name: String, shape: [Int])] = []
  private(set) var missing: [(name: String, shape: [Int])] = []
  private(set) var misshaped: [(name: String, expected: [Int], found: [Int])] = []
  private let records: [String: TensorRecord]
  private var reorderings: [Reordering] = []
  private var used: Set<String> = []

  /// Weights to be brought from a file's order to ours, once all are known, on all cores.
  private struct Reordering {
    let record: TensorRecord
    let shape: Shape
    let storage: TensorStorage
  }

  init(_ tensors: [TensorRecord]) {
    records = Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The tensor called `name`; a convolution's weights are complete only after `finish`.
  func tensor(_ name: String, _ dimensions: Int...) -> Tensor {
    let shape = Shape(dimensions)
    expected.append((name, dimensions))
    guard let record = find(name, dimensions) else { return placeholder(shape) }
    if StorageOrder.isLogical(shape) {
      if let base = record.contiguousFloat32 {
        let storage = TensorStorage(borrowing: base, count: shape.count, owner: record.region)
        return Tensor(shape: shape, storage: storage)
      }
      return Tensor(record.floats(), shape)
    }
    let storage = TensorStorage(count: shape.count)
    reorderings.append(Reordering(record: record, shape: shape, storage: storage))
    return Tensor(shape: shape, storage: storage)
  }

  private func placeholder(_ shape: Shape) -> Tensor {
    // Vectors are looked at while a network is built; they are small.
    if shape.rank < 2 { return Tensor(repeating: 0, shape) }
    return Tensor(shape: shape, storage: TensorStorage(placeholderFor: shape.count))
  }

  /// The `count` numbers called `name`.
  func vector(_ name: String, _ count: Int) -> [Float] { tensor(name, count).logical() }

  /// Brings the convolutions' weights into the engine's order.
  func finish(threads: Int) {
    let jobs = reorderings
    parallelFor(jobs.count, threads: threads) { index, _ in
      let job = jobs[index]
      if let base = job.record.contiguousFloat32 {
        StorageOrder.fromLogical(base, to: job.storage.base, shape: job.shape)
      } else {
        StorageOrder.fromLogical(job.record.floats(), to: job.storage.base, shape: job.shape)
      }
    }
    reorderings = []
  }

  /// Names that the file has and nobody asked for; batch norms' counters of batches do not count.
  var unexpected: [String] {
    records.keys.filter { !used.contains($0) && !$0.hasSuffix("num_batches_tracked") }.sorted()
  }

  private func find(_ name: String, _ dimensions: [Int]) -> TensorRecord? {
    guard let record = records[name] else {
      missing.append((name, dimensions))
      return nil
    }
    used.insert(name)
    guard record.shape == dimensions else {
      misshaped.append((name, dimensions, record.shape))
      return nil
    }
    return record
  }
}
