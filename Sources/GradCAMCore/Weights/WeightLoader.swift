import ModelFormats

/// Turns a file's tensors into ours: mapped where the order is the same.
final class WeightLoader {
  private let packed: PackedWeights
  /// By name and groups, so that weights that several nodes use are brought into order once.
  private var convolutionWeights: [String: ConvolutionWeight] = [:]

  /// - Parameter packed: convolutions' weights that the file holds in the engine's orders.
  init(packed: PackedWeights) { self.packed = packed }

  /// The weights that a record holds, which stay where they are until an algorithm asks for its order.
  func convolutionWeight(_ record: TensorRecord, groups: Int) -> ConvolutionWeight {
    let key = "\(groups) \(record.name)"
    if let known = convolutionWeights[key] { return known }
    let weight = make(record, groups: groups)
    convolutionWeights[key] = weight
    return weight
  }

  private func make(_ record: TensorRecord, groups: Int) -> ConvolutionWeight {
    let shape = Shape(record.shape)
    guard let base = record.contiguousFloat32 else {
      return ConvolutionWeight(Tensor(record.floats(), shape), groups: groups, name: record.name)
    }
    let weight = ConvolutionWeight(
      logical: base, shape, groups: groups, name: record.name, owner: record.region
    ) { record.region.discard() }
    packed.complete(weight)
    return weight
  }

  /// The tensor that a record holds.
  static func tensor(_ record: TensorRecord) -> Tensor {
    let shape = Shape(record.shape)
    if StorageOrder.isLogical(shape), let base = record.contiguousFloat32 {
      let storage = TensorStorage(borrowing: base, count: shape.count, owner: record.region)
      return Tensor(shape: shape, storage: storage)
    }
    return Tensor(record.floats(), shape)
  }
}
