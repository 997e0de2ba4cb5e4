import ModelFormats

/// ONNX's Col2Im and PyTorch's `fold`: blocks of a picture, each a column of its numbers, added up where they lie in it.
///
/// N C·R·S L becomes N C H W; the gradient of a block is what lies in its place.
struct Col2Im: Operation {
  let kind = "fold"
  let size: (h: Int, w: Int)
  let block: (h: Int, w: Int)
  var stride: (h: Int, w: Int) = (1, 1)
  var padding = Padding(0)
  var dilation: (h: Int, w: Int) = (1, 1)
  var isAffine: Bool { true }
  var onlyMovesOrPools: Bool { true }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    let x = try expectInput(inputs)
    let sizes = [size.h, size.w, block.h, block.w, stride.h, stride.w, dilation.h, dilation.w]
    try expectSizes(sizes, atLeast: 1, "a size of a picture or block, a stride or dilation")
    try padding.expectSizes()
    let places = places
    guard x.rank == 3, places.rows >= 1, places.columns >= 1, x[1] % (block.h * block.w) == 0,
      x[2] == places.rows.multipliedReportingOverflow(by: places.columns).partialValue
    else {
      throw InputError("", "puts \(x) into a picture of \(size.h)×\(size.w), in blocks of \(block.h)×\(block.w)")
    }
    return try Shape(x[0], x[1] / (block.h * block.w), size.h, size.w).expectingMemory()
  }

  /// How many blocks lie below each other, and side by side.
  private var places: (rows: Int, columns: Int) {
    let rows = size.h + padding.top + padding.bottom - dilation.h * (block.h - 1) - 1
    let columns = size.w + padding.left + padding.right - dilation.w * (block.w - 1) - 1
    return (rows < 0 ? 0 : rows / stride.h + 1, columns < 0 ? 0 : columns / stride.w + 1)
  }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let (x, shape) = (inputs[0], checkedShape(of: [inputs[0].shape]))
    return Tensor(shape) { target in
      target.update(repeating: 0, count: shape.count)
      forEachElement(shape) { element, place in target[place] += x.elements[element] }
    }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let input = saved.inputShapes[0]
    let gradient = Tensor(input) { target in
      target.update(repeating: 0, count: input.count)
      forEachElement(dy.shape) { element, place in target[element] = dy.elements[place] }
    }
    return [gradient]
  }

  /// Calls `body` with every element of the blocks that lies in the picture, and its place there, in stored order.
  private func forEachElement(_ shape: Shape, _ body: (_ element: Int, _ place: Int) -> Void) {
    let places = places
    let length = places.rows * places.columns
    for row in 0..<shape.n * shape.c * block.h * block.w {
      let (r, s) = (row / block.w % block.h, row % block.w)
      let (image, channel) = (row / (block.h * block.w) / shape.c, row / (block.h * block.w) % shape.c)
      for place in 0..<length {
        let y = place / places.columns * stride.h - padding.top + r * dilation.h
        let x = place % places.columns * stride.w - padding.left + s * dilation.w
        guard y >= 0, y < shape.h, x >= 0, x < shape.w else { continue }
        body(row * length + place, ((image * shape.h + y) * shape.w + x) * shape.c + channel)
      }
    }
  }
}
