import ModelFormats

/// Turns a file's tensors into ours: mapped where the order is the same, else reordered on all cores at once.
final class WeightLoader {
  /// Weights to be brought from a file's order to ours, once all are known.
  private struct Reordering {
    let record: TensorRecord
    let storage: TensorStorage
  }

  private var reorderings: [Reordering] = []

  /// The tensor that a record holds; a convolution's weights are complete only after `finish`.
  func tensor(_ record: TensorRecord) -> Tensor {
    let shape = Shape(record.shape)
    if StorageOrder.isLogical(shape) { return Self.complete(record) }
    let storage = TensorStorage(count: shape.count)
    reorderings.append(Reordering(record: record, storage: storage))
    return Tensor(shape: shape, storage: storage)
  }

  /// The weights that a record holds, which stay where they are until an algorithm asks for its order.
  func convolutionWeight(_ record: TensorRecord) -> ConvolutionWeight {
    let shape = Shape(record.shape)
    guard let base = record.contiguousFloat32 else { return ConvolutionWeight(Tensor(record.floats(), shape)) }
    return ConvolutionWeight(logical: base, shape, owner: record.region) { record.region.discard() }
  }

  /// The tensor that a record holds, complete at once.
  static func complete(_ record: TensorRecord) -> Tensor {
    let shape = Shape(record.shape)
    if StorageOrder.isLogical(shape), let base = record.contiguousFloat32 {
      let storage = TensorStorage(borrowing: base, count: shape.count, owner: record.region)
      return Tensor(shape: shape, storage: storage)
    }
    return Tensor(record.floats(), shape)
  }

  /// Brings the convolutions' weights into the engine's order.
  func finish(threads: Int) {
    let jobs = reorderings
    parallelFor(jobs.count, threads: threads) { index, _ in
      let (record, storage) = (jobs[index].record, jobs[index].storage)
      if let base = record.contiguousFloat32 {
        StorageOrder.fromLogical(base, to: storage.base, shape: Shape(record.shape))
      } else {
        StorageOrder.fromLogical(record.floats(), to: storage.base, shape: Shape(record.shape))
      }
      // The copy is what is used from here on.
      record.region.discard()
    }
    reorderings = []
  }
}
