/// A value whose positions form a grid, seen as N C H W whatever its own order of axes is.
///
/// Special tokens that stand beside the picture's are left out. Windows are put in their places, and a roll is undone.
struct GridView: Sendable {
  /// The value's own shape, of one image.
  let own: Shape
  let rows: Int
  let columns: Int
  let channels: Int
  /// Whether the value is N C H W by itself.
  let isPlain: Bool
  private let shift: (rows: Int, columns: Int)
  private let steps: [Step]
  private let batchAxis: Int?
  /// Where the picture's tokens begin.
  private let start: (axis: Int, index: Int)

  /// One factor: where its neighbours stand along the value's own axis, and in one image's H W C.
  private struct Step {
    var axis: Int
    var place: Int
    var size: Int
    var target: Int
    var isBatch = false
  }

  /// - Returns: nil where positions are unknown, missing in part, scattered over features, or none; or where features lie along several
  ///   axes, as those of an attention's heads do.
  init?(_ layout: Layout, _ shape: Shape) {
    guard !layout.isUnknown, layout.axes.count == shape.rank, layout.holdsPositions, shape.count > 0 else { return nil }
    (rows, columns, own) = (layout.rows.count, layout.columns.count, shape)
    guard rows * columns > 1, !layout.rows.isPart, !layout.columns.isPart else { return nil }
    var (steps, featureAxis, start, channels) = ([Step](), Int?.none, (axis: 0, index: 0), 1)
    for (axis, content) in layout.axes.enumerated() {
      let picture = content.parts.firstIndex(where: \.holdsPositions)
      let part = picture.map { content.parts[$0] } ?? (content.isSegmented ? [] : content.parts[0])
      if let picture, content.isSegmented { start = (axis, content.parts[..<picture].reduce(0) { $0 + $1.size }) }
      let hasFeatures = part.contains { !$0.isPosition && $0.role != .batch } || picture == nil && content.isSegmented
      if hasFeatures {
        // Keys of an attention are no features.
        guard picture == nil, featureAxis == nil, !content.isSegmented, !part.contains(where: { $0.role == .other })
        else {
          return nil
        }
        (featureAxis, channels) = (axis, part.size)
      }
      var place = part.size
      for factor in part {
        place /= max(factor.size, 1)
        steps.append(
          Step(axis: axis, place: place, size: factor.size, target: factor.step, isBatch: factor.role == .batch))
        switch factor.role {
        case .row: steps[steps.count - 1].target *= layout.columns.count * -1
        case .column: steps[steps.count - 1].target *= -1
        case .batch, .channel, .other, .unknown: steps[steps.count - 1].target = place
        }
      }
    }
    // Positions were marked by their sign until the number of features was known.
    for index in steps.indices where steps[index].target < 0 { steps[index].target *= -channels }
    (self.steps, self.start, self.channels) = (steps, start, channels)
    batchAxis = steps.first(where: \.isBatch)?.axis
    shift = (layout.rows.isRolled ? layout.rows.shift : 0, layout.columns.isRolled ? layout.columns.shift : 0)
    let plain = Layout(image: Shape(1, channels, rows, columns))
    isPlain =
      shift == (0, 0) && shape.rank == 4
      && zip(layout.axes, plain.axes).enumerated().allSatisfy { axis, pair in
        axis == 0 ? pair.0.size == 1 : pair.0 == pair.1
      }
  }

  /// The shape of one image's N C H W.
  var shape: Shape { Shape(1, channels, rows, columns) }

  /// The value as N C H W.
  func turned(_ value: Tensor, threads: Workers = .one) -> Tensor {
    if isPlain { return value }
    let images = batchAxis.map { value.shape[$0] / own[$0] } ?? 1
    let moved = Tensor(shape.withImages(images)) { target in
      StridedCopy.copy(
        axes(value.shape, images), from: value.elements + offset(value.shape), to: target, threads: threads)
    }
    return moved.rolled(rows: shift.rows, columns: shift.columns)
  }

  /// The way back, of any number of images: N C H W in the value's own order, with the special tokens of `base`, a value of one image.
  func turnedBack(_ maps: Tensor, over base: Tensor, threads: Workers = .one) -> Tensor {
    if isPlain { return maps }
    let images = maps.shape.n
    precondition(images == 1 || batchAxis != nil, "a batch in a value that has none")
    var wanted = own
    if let batchAxis { wanted[batchAxis] *= images }
    let (source, repeated) = (
      maps.rolled(rows: rows - shift.rows, columns: columns - shift.columns), repeated(base, images, wanted)
    )
    return Tensor(wanted) { target in
      target.update(from: repeated.elements, count: wanted.count)
      StridedCopy.copy(
        axes(wanted, images).map(\.reversed), from: source.elements, to: target + offset(wanted), threads: threads)
    }
  }

  /// Whether a batch of images is one value.
  var takesBatches: Bool { imageAxis != nil }

  /// The axis along which images lie; nil where several are not one value.
  var imageAxis: Int? { isPlain ? 0 : batchAxis }

  private func repeated(_ base: Tensor, _ images: Int, _ wanted: Shape) -> Tensor {
    guard images > 1, let batchAxis else { return base }
    return Concat(axis: batchAxis).forward(Array(repeating: base, count: images), ExecutionContext(threads: 1))
  }

  private func axes(_ value: Shape, _ images: Int) -> [StridedCopy.Axis] {
    let strides = StoredAxis.strides(value)
    return steps.map { step in
      // Of several images, the batch is the most significant factor of its axis.
      StridedCopy.Axis(
        size: step.isBatch ? images : step.size, source: step.place * strides[step.axis],
        target: step.isBatch ? shape.count : step.target)
    }
  }

  private func offset(_ value: Shape) -> Int { start.index * StoredAxis.strides(value)[start.axis] }
}

extension Tensor {
  /// Feature maps whose rows and columns are moved down and to the right by so many, around their ends.
  fileprivate func rolled(rows: Int, columns: Int) -> Tensor {
    let (h, w, c) = (shape.h, shape.w, shape.c)
    if rows % h == 0 && columns % w == 0 { return self }
    return Tensor(shape) { target in
      for row in 0..<shape.n * h {
        let (image, y) = row.quotientAndRemainder(dividingBy: h)
        for x in 0..<w {
          let place = (image * h + (y + rows) % h) * w + (x + columns) % w
          (target + place * c).update(from: elements + (row * w + x) * c, count: c)
        }
      }
    }
  }
}
