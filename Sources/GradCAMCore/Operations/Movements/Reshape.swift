import ModelFormats

/// ONNX's Reshape: the same elements in logical order under other dimensions.
struct Reshape: ReshapingOperation {
  let kind = "reshape"
  let dimensions: [Int]

  /// - Parameter dimensions: −1, at most once, for what is left over; 0 for the input's size along the same axis.
  init(_ dimensions: [Int]) { self.dimensions = dimensions }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    let x = try expectInput(inputs)
    var sizes = dimensions
    for axis in sizes.indices where sizes[axis] == 0 {
      guard axis < x.rank else { throw InputError("", "copies axis \(axis), which \(x) does not have") }
      sizes[axis] = x[axis]
    }
    if let open = sizes.firstIndex(of: -1) {
      sizes[open] = 1
      let known = try Shape(sizes).expectingMemory()
      // A batch of no images leaves as much over as one of a single image.
      let isEmpty = known.count == 0 && x.count == 0
      let (whole, part) = isEmpty ? (x.countOfOne, known.countOfOne) : (x.count, known.count)
      guard part > 0, whole % part == 0 else {
        sizes[open] = -1
        throw misfit(x, sizes)
      }
      sizes[open] = whole / part
    }
    let shape = try Shape(sizes).expectingMemory()
    guard shape.count == x.count else { throw misfit(x, sizes) }
    return shape
  }

  /// - Parameter sizes: with the input's own where they are copied.
  private func misfit(_ x: Shape, _ sizes: [Int]) -> InputError {
    InputError("", "cannot reshape \(x) to \(Shape(sizes))")
  }
}

extension Shape {
  /// The number of elements if no axis were empty.
  fileprivate var countOfOne: Int { dimensions.reduce(1) { $0 * max($1, 1) } }
}
