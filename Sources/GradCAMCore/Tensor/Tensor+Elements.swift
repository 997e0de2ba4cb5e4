extension Tensor {
  /// The elements in stored order.
  var stored: [Float] { withElements(Array.init) }

  /// Other values, in stored order, under this shape.
  func withValues(_ values: [Float]) -> Tensor { Tensor(shape) { $0.update(from: values, count: count) } }

  /// Whether every element is 0.
  var isZero: Bool { withElements { $0.allSatisfy { $0 == 0 } } }

  /// Whether no element is infinite or NaN.
  var isFinite: Bool { withElements { $0.allSatisfy(\.isFinite) } }

  /// Of rows of `width` elements in stored order, those from the first to the last that holds anything but zeros; the first alone
  /// where none does.
  func rowsBetweenZeros(width: Int) -> Range<Int> {
    withElements { elements in
      guard let first = elements.firstIndex(where: { $0 != 0 }), let last = elements.lastIndex(where: { $0 != 0 })
      else { return 0..<min(1, count / max(width, 1)) }
      return first / width..<last / width + 1
    }
  }
}
