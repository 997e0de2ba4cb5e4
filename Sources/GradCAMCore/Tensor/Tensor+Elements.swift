extension Tensor {
  /// The elements in stored order.
  var stored: [Float] { withElements(Array.init) }

  /// Other values, in stored order, under this shape.
  func withValues(_ values: [Float]) -> Tensor { Tensor(shape) { $0.update(from: values, count: count) } }

  /// Whether every element is 0.
  var isZero: Bool { withElements { $0.allSatisfy { $0 == 0 } } }

  /// Whether no element is infinite or NaN.
  var isFinite: Bool { withElements { $0.allSatisfy(\.isFinite) } }
}
