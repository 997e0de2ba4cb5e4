import ModelFormats

/// Turns a file's tensors into ours: mapped where the order is the same.
final class WeightLoader {
  /// Which tensor of a file, and in how many groups. A name would not tell: tensors may have none, and hold other numbers under the
  /// same one.
  private struct Key: Hashable {
    let tensor: TensorRecord.Identity
    let groups: Int
  }

  private let packed: PackedWeights
  /// So that weights that several nodes use are brought into order once. The records keep the bytes alive, by which they are known.
  private var convolutionWeights: [Key: (record: TensorRecord, weight: ConvolutionWeight)] = [:]
  /// By name, the tensor that has it: packed weights are called by it.
  private var owners: [String: TensorRecord.Identity] = [:]

  /// - Parameter packed: convolutions' weights that the file holds in the engine's orders.
  init(packed: PackedWeights) { self.packed = packed }

  /// The weights that a record holds, which stay where they are until an algorithm asks for its order.
  ///
  /// - Parameter shape: of as many elements, where the record's own is none of a convolution.
  func convolutionWeight(_ record: TensorRecord, groups: Int, shape: Shape? = nil) -> ConvolutionWeight {
    let key = Key(tensor: record.identity, groups: groups)
    if let known = convolutionWeights[key] { return known.weight }
    let weight = make(record, groups: groups, shape ?? Shape(record.shape))
    convolutionWeights[key] = (record, weight)
    return weight
  }

  private func make(_ record: TensorRecord, groups: Int, _ shape: Shape) -> ConvolutionWeight {
    let name = ownName(of: record)
    guard let base = record.contiguousFloat32 else {
      return ConvolutionWeight(Tensor(record.floats(), shape), groups: groups, name: name)
    }
    let integrity = packed.integrity
    integrity.postpone(record)
    let weight = ConvolutionWeight(
      logical: base, shape, groups: groups, name: name, owner: record.region,
      check: { integrity.check(record, threads: $0) }, discard: { record.region.discard() })
    packed.complete(weight, record)
    return weight
  }

  /// The tensor's name; nil where it has none, or where another tensor has the same.
  private func ownName(of record: TensorRecord) -> String? {
    if record.name.isEmpty { return nil }
    let owner = owners[record.name] ?? record.identity
    owners[record.name] = owner
    return owner == record.identity ? record.name : nil
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
