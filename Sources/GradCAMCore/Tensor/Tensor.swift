/// An immutable float32 tensor.
///
/// Its shape is logical; a rank-4 tensor is stored channels-last, as PyTorch's memory format of that name has it:
/// N C H W in the order N H W C, and so a convolution's weights K C R S in the order K R S C. Every other rank is stored as
/// its axes are listed. Arrays that go in and out (`init(_:_:)`, `logical()`) are in logical order.
public struct Tensor: Sendable {
  /// Its logical shape.
  public let shape: Shape
  let storage: TensorStorage

  init(shape: Shape, storage: TensorStorage) {
    precondition(storage.count == shape.count, "storage of another size than the shape")
    self.shape = shape
    self.storage = storage
  }

  /// A tensor whose elements `fill` writes, all of them, in stored order.
  init(_ shape: Shape, filling fill: (UnsafeMutablePointer<Float>) throws -> Void) rethrows {
    self.init(shape: shape, storage: TensorStorage(count: shape.count))
    try fill(storage.base)
  }

  /// A tensor that holds `value` everywhere.
  public init(repeating value: Float, _ shape: Shape) {
    self.init(shape) { $0.update(repeating: value, count: shape.count) }
  }

  /// A tensor of `elements` in logical order (the last axis fastest).
  public init(_ elements: [Float], _ shape: Shape) {
    precondition(elements.count == shape.count, "\(elements.count) elements for the shape \(shape)")
    self = elements.withUnsafeBufferPointer { source in
      Tensor(shape) { target in
        guard let source = source.baseAddress else { return }
        StorageOrder.fromLogical(source, to: target, shape: shape)
      }
    }
  }

  /// The number of elements.
  public var count: Int { shape.count }

  /// The elements in stored order; not valid beyond the life of this tensor.
  var elements: UnsafePointer<Float> { UnsafePointer(storage.base) }

  /// The elements in stored order.
  func withElements<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(storage) { try body(UnsafeBufferPointer(start: storage.base, count: count)) }
  }

  /// The elements in logical order, the last axis fastest: what `.npy` and safetensors files hold.
  public func logical() -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      if let target = buffer.baseAddress { StorageOrder.toLogical(storage.base, to: target, shape: shape) }
      initialized = count
    }
  }
}
