/// Where the entries that a tensor of indices names stand in another tensor, in logical order.
///
/// An entry is a run of neighbours: one element, or all that lies behind the axes that are indexed.
struct NamedPlaces {
  /// Where each entry begins, in the order of the indices; −1 for one that the tensor does not have.
  private(set) var starts: [Int]
  /// How many elements an entry has.
  let length: Int

  /// Whether every entry is there.
  var areAll: Bool { !starts.contains(-1) }

  /// The entries of GatherND and ScatterND: the last axis of the indices lists where an entry stands along the axes behind the
  /// first `batchAxes`, which both tensors share.
  ///
  /// - Precondition: the shapes fit, as `expectEntries` has it.
  init(entries indices: Tensor, of data: Shape, batchAxes: Int = 0) {
    let depth = indices.shape.dimensions.last ?? 0
    let sizes = data.dimensions[batchAxes..<batchAxes + depth]
    let length = data.dimensions[(batchAxes + depth)...].reduce(1, *)
    let numbers = indices.logical()
    let count = indices.shape.dimensions.dropLast().reduce(1, *)
    let batches = data.dimensions[..<batchAxes].reduce(1, *)
    let (perBatch, stride) = (batches == 0 ? 0 : count / batches, sizes.reduce(length, *))
    starts = (0..<count).map { entry in
      var place = 0
      for (axis, size) in sizes.enumerated() {
        guard let index = Self.index(numbers[entry * depth + axis], of: size) else { return -1 }
        place = place * size + index
      }
      return entry / max(perBatch, 1) * stride + place * length
    }
    self.length = length
  }

  /// The elements of GatherElements and ScatterElements: each index stands for its own place but for the one along `axis`.
  ///
  /// - Precondition: the shapes fit, as `expectElements` has it.
  init(elements indices: Tensor, of data: Shape, axis: Int) {
    let (numbers, sizes) = (indices.logical(), indices.shape.dimensions)
    var strides = [Int](repeating: 1, count: data.rank)
    for axis in sizes.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * data[axis + 1] }
    length = 1
    var place = [Int](repeating: 0, count: sizes.count)
    var base = 0
    starts = numbers.map { number in
      let index = Self.index(number, of: data[axis])
      let start = index.map { base + $0 * strides[axis] } ?? -1
      // The next place, the last axis fastest.
      var last = sizes.count - 1
      while last >= 0 {
        let step = last == axis ? 0 : strides[last]
        place[last] += 1
        base += step
        if place[last] < sizes[last] { break }
        base -= step * place[last]
        place[last] = 0
        last -= 1
      }
      return start
    }
  }

  /// A whole number below `size`, from the end where it is negative.
  private static func index(_ number: Float, of size: Int) -> Int? {
    guard let index = Int(exactly: number.rounded(.towardZero)), index >= -size, index < size else { return nil }
    return index < 0 ? index + size : index
  }

  /// The entries one after the other; NaN for those that are not there.
  func entries(of data: Tensor, as shape: Shape, threads: Workers) -> Tensor {
    let source = data.reshaped(to: Shape(data.count), threads: threads)
    let flat = Tensor(Shape(shape.count)) { target in
      parallelFor(starts.count, blockSize: max(1 << 14 / max(length, 1), 1), threads: threads) { range, _ in
        for entry in range {
          let own = target + entry * length
          if starts[entry] < 0 {
            own.update(repeating: .nan, count: length)
          } else {
            own.update(from: source.elements + starts[entry], count: length)
          }
        }
      }
    }
    return flat.reshaped(to: shape, threads: threads)
  }

  /// The gradient of the tensor that entries were taken from: one that was taken twice gets both.
  func gradient(of entries: Tensor, in shape: Shape, threads: Workers) -> Tensor {
    let source = entries.reshaped(to: Shape(entries.count), threads: threads)
    let flat = Tensor(Shape(shape.count)) { target in
      target.update(repeating: 0, count: shape.count)
      for (entry, start) in starts.enumerated() where start >= 0 {
        for i in 0..<length { target[start + i] += source.elements[entry * length + i] }
      }
    }
    return flat.reshaped(to: shape, threads: threads)
  }
}
