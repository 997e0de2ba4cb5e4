import ModelFormats

/// Which logical axes a reduction runs over, and whether they stay with one element each.
struct ReducedAxes: Hashable, Sendable {
  /// Counted from the end where they are negative; nil for all.
  var axes: [Int]?
  var keepsDimensions: Bool

  init(_ axes: [Int]? = nil, keepsDimensions: Bool = true) {
    (self.axes, self.keepsDimensions) = (axes, keepsDimensions)
  }

  /// The axes of a tensor of this rank, none negative. They were checked before.
  func resolved(in shape: Shape) -> [Int] { axes.map { $0.map(shape.axis) } ?? Array(shape.dimensions.indices) }

  func checked(in shape: Shape) throws(InputError) -> [Int] {
    guard let axes else { return resolved(in: shape) }
    var checked: [Int] = []
    for axis in axes {
      let place = try shape.checkedAxis(axis)
      guard !checked.contains(place) else { throw InputError("", "reduces axis \(axis) twice") }
      checked.append(place)
    }
    return checked
  }
}

/// One number for all elements along some logical axes.
protocol AxisReduction: Operation {
  var reduced: ReducedAxes { get }

  /// Whether there is a result for no elements at all.
  var allowsEmpty: Bool { get }

  /// The result, every axis kept.
  func reduce(_ x: Tensor, over axes: [Int], threads: Workers) -> Tensor

  /// The input's gradient from the output's.
  ///
  /// - Parameters:
  ///   - dy: with every axis kept.
  ///   - y: the output with every axis kept, where the operation keeps it; else `dy`.
  func spread(_ dy: Tensor, y: Tensor, _ saved: Saved, over axes: [Int], threads: Workers) -> Tensor
}

extension AxisReduction {
  var allowsEmpty: Bool { true }
  var onlyMovesOrPools: Bool { true }

  /// A sum over branches or features leaves every place where it is.
  func onlyMovesOrPools(_ inputs: [Layout], _ shapes: [Shape]) -> Bool {
    reduced.resolved(in: shapes[0]).contains { inputs[0].axes[$0].holdsPositions || inputs[0].axes[$0].isUnknown }
  }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    inputs[0]?.dropping(reduced.resolved(in: shapes[0]), keepsDimensions: reduced.keepsDimensions)
  }

  func needs(_ needs: TokenNeeds, of inputs: [Layout?], _ shapes: [Shape]) -> [TokenNeeds] {
    guard let tokens = inputs[0]?.tokenAxis else { return [needs] }
    return [reduced.resolved(in: shapes[0]).contains(tokens) ? needs.everywhere : needs.ofAllFeatures]
  }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    let axes = try reduced.checked(in: inputs[0])
    guard allowsEmpty || axes.allSatisfy({ inputs[0][$0] > 0 }) else {
      throw InputError("", "has nothing to reduce in \(inputs[0])")
    }
    if reduced.keepsDimensions { return Reduction.keptShape(inputs[0], axes) }
    return Shape(inputs[0].dimensions.indices.filter { !axes.contains($0) }.map { inputs[0][$0] })
  }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let shape = inputs[0].shape
    let result = reduce(inputs[0], over: reduced.resolved(in: shape), threads: context.threads)
    return result.reshaped(to: checkedShape(of: [shape]))
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let axes = reduced.resolved(in: saved.inputShapes[0])
    let kept = Reduction.keptShape(saved.inputShapes[0], axes)
    let dy = dy.reshaped(to: kept)
    let y = saved.output?.reshaped(to: kept) ?? dy
    return [spread(dy, y: y, saved, over: axes, threads: context.threads)]
  }
}
