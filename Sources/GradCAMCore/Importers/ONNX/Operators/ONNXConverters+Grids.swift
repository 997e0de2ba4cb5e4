import ModelFormats

/// Feature maps at places that a network finds itself (spatial transformers).
extension ONNXConverters {
  static func gridSample(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let modes: [String: GridSample.Mode] = [
      "linear": .linear, "bilinear": .linear, "nearest": .nearest, "cubic": .cubic, "bicubic": .cubic,
    ]
    let name = try node.string("mode", default: "linear")
    guard let mode = modes[name] else { throw node.notComputed("mode", name) }
    let sample = GridSample(
      mode: mode, outside: try node.choice("padding_mode", default: .zeros),
      alignsCorners: try node.int("align_corners", default: 0) != 0)
    return [try node.emit(sample, try node.operand(0), try node.operand(1))]
  }

  /// The places of a map that an affine map of the plane moves: N 2 3 becomes N H W 2.
  static func affineGrid(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let (matrix, sizes) = (try node.operand(0), try node.constant(1).integers)
    guard sizes.count == 4, sizes[2] >= 1, sizes[3] >= 1, matrix.shape.dimensions.dropFirst() == [2, 3] else {
      throw InputError("", "moves places along \(sizes.count) axes by \(matrix.shape)", remedy: "a map of two axes")
    }
    let (height, width) = (sizes[2], sizes[3])
    let shape = try Shape(height, width, 3).expectingMemory()
    try ONNXConstantBudget.expectMemory(shape.count)
    let alignsCorners = try node.int("align_corners", default: 0) != 0
    func places(_ count: Int) -> [Float] {
      (0..<count).map { index in
        guard alignsCorners else { return (2 * Float(index) + 1) / Float(count) - 1 }
        return count > 1 ? 2 * Float(index) / Float(count - 1) - 1 : -1
      }
    }
    let (rows, columns) = (places(height), places(width))
    let base = Tensor(rows.flatMap { row in columns.flatMap { [$0, row, 1] } }, Shape(height * width, 3))
    let turned = try node.emit(Transpose([0, 2, 1]), matrix)
    let moved = try node.emit(MatMul(), .constant(ONNXConstant(base, isInteger: false)), turned)
    return [try node.emit(Reshape([0, height, width, 2]), moved)]
  }
}
