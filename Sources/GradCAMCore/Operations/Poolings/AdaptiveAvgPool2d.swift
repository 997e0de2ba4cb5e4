import ModelFormats

/// PyTorch's `AdaptiveAvgPool2d`: output row y averages the input rows from ⌊y·H/OH⌋ to ⌈(y+1)·H/OH⌉.
struct AdaptiveAvgPool2d: Operation, WritingOperation {
  let kind = "AdaptiveAvgPool2d"
  let size: (h: Int, w: Int)
  var isAffine: Bool { true }
  var onlyMovesOrPools: Bool { true }
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { inputs[0] }
  func averagesPositions(of input: Shape) -> Bool { size == (1, 1) }

  /// - Precondition: no size is below one.
  init(_ size: (h: Int, w: Int) = (1, 1)) {
    precondition(min(size.h, size.w) >= 1, "a size below one")
    self.size = size
  }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    let x = try expectFeatureMap(inputs)
    guard x.h >= 1, x.w >= 1 else { throw InputError("", "has nothing to average in \(x)") }
    return Shape(x.n, x.c, size.h, size.w)
  }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    inputs[0]?.slid(isPoint: [false, false], mixesChannels: false, output)
  }

  func forward(_ inputs: [Tensor], to output: UnsafeMutablePointer<Float>, _ context: ExecutionContext) {
    let input = inputs[0].shape
    let shape = Shape(input.n, input.c, size.h, size.w)
    Averaging.forward(inputs[0], shape, to: output, context) { y, x in cell(y, x, input) }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let input = saved.inputShapes[0]
    return [Averaging.backward(dy, input, context) { y, x in cell(y, x, input) }]
  }

  private func cell(_ y: Int, _ x: Int, _ input: Shape) -> Averaging.Cell {
    let rows = y * input.h / size.h..<((y + 1) * input.h + size.h - 1) / size.h
    let columns = x * input.w / size.w..<((x + 1) * input.w + size.w - 1) / size.w
    return Averaging.Cell(rows: rows, columns: columns, divisor: rows.count * columns.count)
  }
}
