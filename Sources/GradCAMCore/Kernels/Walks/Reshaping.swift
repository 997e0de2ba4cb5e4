extension Tensor {
  /// The same elements in logical order under another shape of the same size; free unless an axis order has to change.
  func reshaped(to other: Shape, threads: Workers = .one) -> Tensor {
    precondition(other.count == count, "\(shape) cannot become \(other)")
    if other == shape { return self }
    if StorageOrder.isLogical(shape) {
      if StorageOrder.isLogical(other) { return Tensor(shape: other, storage: storage) }
      return Tensor(other) { target in
        StridedCopy.copy(Tensor.fromLogical(other), from: elements, to: target, threads: threads)
      }
    }
    let logical = Tensor(Shape(count)) { target in
      StridedCopy.copy(Tensor.fromLogical(shape).map(\.reversed), from: elements, to: target, threads: threads)
    }
    return logical.reshaped(to: other, threads: threads)
  }

  /// C values shaped so that they broadcast along axis 1 of a tensor of the given rank.
  func alongChannels(rank: Int) -> Tensor {
    reshaped(to: Shape([count] + [Int](repeating: 1, count: max(rank - 2, 0))))
  }

  /// The axes of a copy from logical to stored order.
  private static func fromLogical(_ shape: Shape) -> [StridedCopy.Axis] {
    let stored = StoredAxis.strides(shape)
    var logical = 1
    return shape.dimensions.indices.reversed().map { axis in
      defer { logical *= shape[axis] }
      return StridedCopy.Axis(size: shape[axis], source: logical, target: stored[axis])
    }
  }
}
