import ModelFormats

/// PyTorch's `grid_sample` of feature maps: the first input at the places that the second gives, N OH OW 2, columns before rows, from
/// −1 to 1 over the whole map. Both get gradients.
struct GridSample: Operation {
  enum Mode: Sendable { case nearest, linear, cubic }

  /// What lies outside of the map: ONNX's `padding_mode`.
  enum Outside: String, Sendable, CaseIterable { case zeros, border, reflection }

  let kind = "grid_sampler"
  var mode = Mode.linear
  var outside = Outside.zeros
  /// Whether −1 and 1 are the centres of the outermost elements, not their edges.
  var alignsCorners = false
  var keeps: Kept { .inputs }
  var hasKinks: Bool { true }
  func isAffine(inInput position: Int) -> Bool { position == 0 }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 2)
    let (x, grid) = (inputs[0], inputs[1])
    guard x.isFeatureMap, grid.isFeatureMap, grid[0] == x.n, grid[3] == 2, x.h >= 1, x.w >= 1 else {
      throw InputError("", "samples \(x) at places of \(grid)")
    }
    return try Shape(x.n, x.c, grid[1], grid[2]).expectingMemory()
  }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let (x, shape) = (inputs[0], checkedShape(of: inputs.map(\.shape)))
    return Tensor(shape) { target in
      forEachPlace(inputs, shape, context) { place, taps, _, _ in
        let output = target + place * shape.c
        output.update(repeating: 0, count: shape.c)
        for tap in taps {
          for c in 0..<shape.c { output[c] += tap.weight * x.elements[tap.start + c] }
        }
      }
    }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let (x, grid) = (saved.inputs[0], saved.inputs[1])
    let strides = StoredAxis.strides(grid.shape)
    let gridGradient = Tensor(repeating: 0, grid.shape)
    let mapGradient = Tensor(x.shape) { target in
      target.update(repeating: 0, count: x.count)
      // Places share elements of the map: one after the other.
      forEachPlace(saved.inputs, dy.shape, ExecutionContext(threads: 1)) { place, taps, start, slope in
        let gradient = dy.elements + place * dy.shape.c
        var (across, down) = (Float(0), Float(0))
        for tap in taps {
          var dot: Float = 0
          for c in 0..<dy.shape.c {
            target[tap.start + c] += tap.weight * gradient[c]
            dot += gradient[c] * x.elements[tap.start + c]
          }
          across += dot * tap.across
          down += dot * tap.down
        }
        gridGradient.storage.base[start] = across * slope.across
        gridGradient.storage.base[start + strides[3]] = down * slope.down
      }
    }
    return [mapGradient, gridGradient]
  }

  /// An element of the map that an output is made of, its weight, and the weight's slopes along both axes.
  private struct Tap {
    var start: Int
    var weight: Float
    var across: Float = 0
    var down: Float = 0
  }

  /// Calls `body` with every place of the output in stored order, what it is made of, where its coordinates stand in the grid, and how
  /// far elements move with these.
  private func forEachPlace(
    _ inputs: [Tensor], _ output: Shape, _ context: ExecutionContext,
    _ body: (_ place: Int, _ taps: [Tap], _ start: Int, _ slope: (across: Float, down: Float)) -> Void
  ) {
    let (x, grid) = (inputs[0].shape, inputs[1])
    let strides = StoredAxis.strides(grid.shape)
    parallelFor(output.n * output.h, threads: context.threads) { row, _ in
      let (image, y) = row.quotientAndRemainder(dividingBy: output.h)
      for column in 0..<output.w {
        let start = image * strides[0] + y * strides[1] + column * strides[2]
        let across = place(grid.elements[start], x.w)
        let down = place(grid.elements[start + strides[3]], x.h)
        let taps = taps(across.place, down.place, x, image)
        body(row * output.w + column, taps, start, (across.slope, down.slope))
      }
    }
  }

  /// Where a coordinate lies among `size` elements, and how that changes with it.
  private func place(_ coordinate: Float, _ size: Int) -> (place: Float, slope: Float) {
    let (count, last) = (Float(size), Float(size - 1))
    var slope = alignsCorners ? last / 2 : count / 2
    var place = alignsCorners ? (coordinate + 1) / 2 * last : ((coordinate + 1) * count - 1) / 2
    // Of a cubic kernel, each of the elements is brought inside.
    if mode != .cubic {
      let inside = bounded(place, size)
      (place, slope) = (inside.place, slope * inside.slope)
    }
    // Far outside there is nothing, and no whole number for it either.
    return abs(place) < 1e9 ? (place, slope) : (-2, 0)
  }

  /// A place brought inside of the map, where anything is outside of it, and how that moves with the one that it was.
  private func bounded(_ place: Float, _ size: Int) -> (place: Float, slope: Float) {
    let (count, last) = (Float(size), Float(size - 1))
    var (place, slope) = (place, Float(1))
    if outside == .reflection {
      let (least, span): (Float, Float) = alignsCorners ? (0, last) : (-0.5, count)
      guard span > 0 else { return (0, 0) }
      let away = abs(place - least)
      let turns = (away / span).rounded(.down)
      let rest = away - turns * span
      let isTurned = turns.truncatingRemainder(dividingBy: 2) != 0
      if (place < least) != isTurned { slope = -slope }
      place = least + (isTurned ? span - rest : rest)
    }
    if outside != .zeros, !(place > 0 && place < last) { (place, slope) = (place <= 0 ? 0 : last, 0) }
    return (place, slope)
  }

  /// The four elements of an axis around a place: which, their weights by the cubic convolution kernel (Keys, "Cubic Convolution
  /// Interpolation for Digital Image Processing", 1981) with PyTorch's a = −0.75, and how these change with the place.
  private func line(_ place: Float, _ size: Int) -> [(index: Int, weight: Float, slope: Float)] {
    let (a, start) = (Float(-0.75), place.rounded(.down))
    return (-1...2).compactMap { offset in
      let index = start + Float(offset)
      guard outside != .zeros || index >= 0 && index < Float(size) else { return nil }
      let (distance, sign): (Float, Float) = (abs(place - index), place < index ? -1 : 1)
      let (weight, slope): (Float, Float) =
        offset == 0 || offset == 1
        ? (((a + 2) * distance - (a + 3)) * distance * distance + 1, (3 * (a + 2) * distance - 2 * (a + 3)) * distance)
        : (((distance - 5) * distance + 8) * distance * a - 4 * a, ((3 * distance - 10) * distance + 8) * a)
      return (Int(bounded(index, size).place), weight, slope * sign)
    }
  }

  private func taps(_ across: Float, _ down: Float, _ x: Shape, _ image: Int) -> [Tap] {
    func start(_ row: Int, _ column: Int) -> Int? {
      guard row >= 0, row < x.h, column >= 0, column < x.w else { return nil }
      return ((image * x.h + row) * x.w + column) * x.c
    }
    if mode == .nearest {
      let (row, column) = (Int(down.rounded(.toNearestOrEven)), Int(across.rounded(.toNearestOrEven)))
      return start(row, column).map { [Tap(start: $0, weight: 1)] } ?? []
    }
    if mode == .cubic {
      let columns = line(across, x.w)
      return line(down, x.h).flatMap { row in
        columns.map { column in
          Tap(
            start: ((image * x.h + row.index) * x.w + column.index) * x.c, weight: row.weight * column.weight,
            across: row.weight * column.slope, down: row.slope * column.weight)
        }
      }
    }
    let (left, top) = (across.rounded(.down), down.rounded(.down))
    let (right, lower) = (across - left, down - top)
    return [(0, 0), (0, 1), (1, 0), (1, 1)].compactMap { r, s in
      guard let start = start(Int(top) + r, Int(left) + s) else { return nil }
      let (vertical, horizontal) = (r == 1 ? lower : 1 - lower, s == 1 ? right : 1 - right)
      return Tap(
        start: start, weight: vertical * horizontal, across: s == 1 ? vertical : -vertical,
        down: r == 1 ? horizontal : -horizontal)
    }
  }
}
