import ModelFormats

/// PyTorch's `AvgPool2d`, with `count_include_pad`.
struct AvgPool2d: Operation, WritingOperation {
  let kind = "AvgPool2d"
  let window: PoolingWindow
  let countIncludePad: Bool
  var isAffine: Bool { true }
  var onlyMovesOrPools: Bool { true }

  init(
    kernel: (h: Int, w: Int), stride: (h: Int, w: Int)? = nil, padding: Padding = Padding(0), ceilMode: Bool = false,
    countIncludePad: Bool = true, autoPad: AutoPad = .notSet
  ) {
    window = PoolingWindow(
      kernel: kernel, stride: stride ?? kernel, padding: padding, ceilMode: ceilMode, autoPad: autoPad)
    self.countIncludePad = countIncludePad
  }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try window.outputShape(of: expectFeatureMap(inputs))
  }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    inputs[0]?.slid(isPoint: window.isPoint, mixesChannels: false, output)
  }

  func forward(_ inputs: [Tensor], to output: UnsafeMutablePointer<Float>, _ context: ExecutionContext) {
    let input = inputs[0].shape
    let window = window.resolved(for: input)
    Averaging.forward(inputs[0], checkedShape(of: [input]), to: output, context) { y, x in cell(window, y, x, input) }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let input = saved.inputShapes[0]
    let window = window.resolved(for: input)
    return [Averaging.backward(dy, input, context) { y, x in cell(window, y, x, input) }]
  }

  func averagesPositions(of input: Shape) -> Bool {
    let window = window.resolved(for: input)
    // A window that reaches beyond the map is cut to it.
    return window.kernel.h >= input.h && window.kernel.w >= input.w && window.padding == Padding(0)
  }

  private func cell(_ window: PoolingWindow, _ y: Int, _ x: Int, _ input: Shape) -> Averaging.Cell {
    let rows = window.rows(y, input.h)
    let columns = window.columns(x, input.w)
    var divisor = rows.taps.count * columns.taps.count
    if countIncludePad {
      // What reaches beyond the padding, as windows may in ceil mode, does not count.
      let height = min(rows.first + window.kernel.h, input.h + window.padding.bottom) - rows.first
      let width = min(columns.first + window.kernel.w, input.w + window.padding.right) - columns.first
      divisor = height * width
    }
    return Averaging.Cell(
      rows: rows.first + rows.taps.lowerBound..<rows.first + rows.taps.upperBound,
      columns: columns.first + columns.taps.lowerBound..<columns.first + columns.taps.upperBound, divisor: divisor)
  }
}
