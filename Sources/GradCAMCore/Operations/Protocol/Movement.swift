/// What an operation that only moves values does to them, so that others can read them where they were: parts of axes are taken, then the
/// axes change places, then the elements, in logical order, come under the output's shape.
struct Movement {
  /// Every `step`-th of an axis from `start` on.
  struct Part {
    var axis: Int
    var start: Int
    var count: Int
    var step: Int
  }

  var parts: [Part] = []
  /// By axis, the one that comes to stand there; nil where all stay.
  var order: [Int]?

  /// What the output is as a look at the input's memory; nil where no strides lead there.
  func view(_ input: StridedView, output: Shape) -> StridedView? {
    var view = input
    for part in parts { view = view.sliced(part.axis, from: part.start, count: part.count, step: part.step) }
    if let order { view = view.permuted(order) }
    return view.reshaped(to: output.dimensions)
  }

  /// Where the input's elements lie in the output's memory; nil where parts are left out, or where no strides lead there.
  func origin(_ output: StridedView, input: Shape) -> StridedView? {
    guard parts.isEmpty else { return nil }
    guard let order else { return output.reshaped(to: input.dimensions) }
    guard let view = output.reshaped(to: order.map { input[$0] }) else { return nil }
    return view.permuted(order.indices.map { axis in order.firstIndex(of: axis) ?? axis })
  }
}
