import ModelFormats

/// The windows of a two-dimensional pooling: sizes, strides, padding, and the rule for what does not fit.
struct PoolingWindow: Sendable {
  var kernel: (h: Int, w: Int)
  var stride: (h: Int, w: Int)
  var padding: Padding
  var dilation: (h: Int, w: Int) = (1, 1)
  /// Whether a last window that begins inside the input (or its leading padding) but reaches beyond counts.
  var ceilMode = false
  var autoPad = AutoPad.notSet

  /// By axis, whether each window is its own place alone.
  var isPoint: [Bool] { [(kernel.h, stride.h), (kernel.w, stride.w)].map { $0 == (1, 1) } }

  /// The same windows with the padding that they get over `input`.
  func resolved(for input: Shape) -> PoolingWindow {
    var window = self
    window.padding = autoPad.resolve(
      padding, input: (input.h, input.w), kernel: kernel, stride: stride, dilation: dilation)
    window.autoPad = .notSet
    return window
  }

  /// - Throws: `InputError` where no window fits.
  func outputShape(of input: Shape) throws(InputError) -> Shape {
    try expectSizes(
      [kernel.h, kernel.w, stride.h, stride.w, dilation.h, dilation.w], atLeast: 1, "a kernel, stride or dilation")
    let padding = resolved(for: input).padding
    try padding.expectSizes()
    let oh = outputSize(input.h, kernel.h, stride.h, padding.top, padding.bottom, dilation.h)
    let ow = outputSize(input.w, kernel.w, stride.w, padding.left, padding.right, dilation.w)
    guard oh >= 1, ow >= 1 else {
      throw InputError(
        "", "has a window of \(kernel.h)×\(kernel.w), larger than the feature map of \(input.h)×\(input.w)")
    }
    return try Shape(input.n, input.c, oh, ow).expectingMemory()
  }

  private func outputSize(
    _ size: Int, _ kernel: Int, _ stride: Int, _ before: Int, _ after: Int, _ dilation: Int
  ) -> Int {
    // A window larger than the map does not fit, but with `ceilMode` where a step would reach beyond it: then there is one, cut to the
    // map. PyTorch and onnxruntime agree on it; transformers' EfficientNet pools so.
    let room = size + before + after - dilation * (kernel - 1) - 1 + (ceilMode ? stride - 1 : 0)
    guard room >= 0 else { return 0 }
    var count = room / stride + 1
    // PyTorch drops a window that would begin in the trailing padding.
    if ceilMode && (count - 1) * stride >= size + before { count -= 1 }
    return count
  }

  /// The input rows of output row `y`, clipped to the input, as multiples of the dilation from `first`.
  func rows(_ y: Int, _ height: Int) -> (first: Int, taps: Range<Int>) {
    PoolingWindow.taps(y * stride.h - padding.top, kernel.h, dilation.h, height)
  }

  /// The input columns of output column `x`.
  func columns(_ x: Int, _ width: Int) -> (first: Int, taps: Range<Int>) {
    PoolingWindow.taps(x * stride.w - padding.left, kernel.w, dilation.w, width)
  }

  /// By output row, the input rows of its windows, and which rows of a window they are; columns likewise.
  func taps(_ input: Shape, outputs: (h: Int, w: Int)) -> (rows: AxisTaps<Int>, columns: AxisTaps<Int>) {
    AxisTaps.ofWindows(
      outputs: outputs, kernel: kernel, stride: stride, padding: resolved(for: input).padding, dilation: dilation,
      inputs: (input.h, input.w))
  }

  /// Calls `body` with the position of each element in the window of the output position `place`; both of the whole batch.
  func forEachTap(_ input: Shape, _ output: Shape, at place: Int, _ body: (Int) -> Void) {
    let (row, x) = place.quotientAndRemainder(dividingBy: output.w)
    let (n, y) = row.quotientAndRemainder(dividingBy: output.h)
    let (rows, columns) = (self.rows(y, input.h), self.columns(x, input.w))
    for r in rows.taps {
      let base = (n * input.h + rows.first + r * dilation.h) * input.w + columns.first
      for s in columns.taps { body(base + s * dilation.w) }
    }
  }

  private static func taps(_ first: Int, _ kernel: Int, _ dilation: Int, _ size: Int) -> (Int, Range<Int>) {
    let low = first >= 0 ? 0 : (-first + dilation - 1) / dilation
    let high = first >= size ? 0 : min(kernel, (size - 1 - first) / dilation + 1)
    return (first, low..<max(low, high))
  }
}
