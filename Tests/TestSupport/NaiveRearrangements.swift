/// Operations that only move elements, from their definitions.
extension NaiveReference {
  /// Element i of the output along axis a is element i along axis `permutation[a]` of the input.
  public static func transpose(_ x: NaiveTensor, _ permutation: [Int]) -> NaiveTensor {
    NaiveTensor(permutation.map { x.shape[$0] }) { index in
      var source = index
      for (axis, from) in permutation.enumerated() { source[from] = index[axis] }
      return x[source]
    }
  }

  /// Broadcasting: axes of size 1, and missing ones in front, repeat.
  public static func expand(_ x: NaiveTensor, output shape: [Int]) -> NaiveTensor {
    NaiveTensor(shape) { broadcast(x, $0) }
  }

  /// The element of `x` that broadcasting puts at `index`.
  public static func broadcast(_ x: NaiveTensor, _ index: [Int]) -> Double {
    x[zip(index.suffix(x.shape.count), x.shape).map { $1 == 1 ? 0 : $0 }]
  }

  public static func tile(_ x: NaiveTensor, _ repeats: [Int]) -> NaiveTensor {
    NaiveTensor(zip(x.shape, repeats).map { $0 * $1 }) { index in x[zip(index, x.shape).map { $0 % $1 }] }
  }

  /// - Parameter indices: none negative.
  public static func gather(_ x: NaiveTensor, axis: Int, indices: NaiveTensor) -> NaiveTensor {
    let shape = Array(x.shape[..<axis] + indices.shape + x.shape[(axis + 1)...])
    let rank = indices.shape.count
    return NaiveTensor(shape) { index in
      x[index[..<axis] + [Int(indices[Array(index[axis..<axis + rank])])] + index[(axis + rank)...]]
    }
  }

  /// What is negative is taken away first; `outside` then says which of `size` elements stands at an index beyond the ends.
  public static func pad(
    _ x: NaiveTensor, before: [Int], after: [Int], outside: (_ index: Int, _ size: Int) -> Int
  ) -> NaiveTensor {
    let kept = x.shape.indices.map { x.shape[$0] + min(before[$0], 0) + min(after[$0], 0) }
    return NaiveTensor(x.shape.indices.map { before[$0] + x.shape[$0] + after[$0] }) { index in
      let source = index.indices.map { axis in
        let place = index[axis] - max(before[axis], 0)
        let inside = place >= 0 && place < kept[axis]
        return (inside ? place : outside(place, kept[axis])) + max(-before[axis], 0)
      }
      return x[source]
    }
  }

  /// - Parameter channel: of the input, for a channel and a row and column within a block of the output.
  public static func depthToSpace(
    _ x: NaiveTensor, block: Int, channel: (_ c: Int, _ row: Int, _ column: Int) -> Int
  ) -> NaiveTensor {
    let shape = [x.shape[0], x.shape[1] / (block * block), x.shape[2] * block, x.shape[3] * block]
    return NaiveTensor(shape) { index in
      let (y, x0) = (index[2], index[3])
      return x[index[0], channel(index[1], y % block, x0 % block), y / block, x0 / block]
    }
  }

  /// - Parameter place: of a channel of the output: the input's channel, and the row and column within a block.
  public static func spaceToDepth(
    _ x: NaiveTensor, block: Int, place: (_ channel: Int) -> (c: Int, row: Int, column: Int)
  ) -> NaiveTensor {
    let shape = [x.shape[0], x.shape[1] * block * block, x.shape[2] / block, x.shape[3] / block]
    return NaiveTensor(shape) { index in
      let from = place(index[1])
      return x[index[0], from.c, index[2] * block + from.row, index[3] * block + from.column]
    }
  }

  /// Every output sums all inputs of its row and column, weighted by the kernel of their distance from where it lies.
  ///
  /// - Parameters:
  ///   - place: of an output index along an axis of `inputs` and `outputs` elements.
  ///   - reach: places beyond the border that count, holding what the border holds.
  public static func resize(
    _ x: NaiveTensor, output size: (h: Int, w: Int), reach: Int = 0,
    place: @escaping (_ index: Int, _ inputs: Int, _ outputs: Int) -> Double, kernel: @escaping (Double) -> Double
  ) -> NaiveTensor {
    func weights(_ index: Int, _ inputs: Int, _ outputs: Int) -> [Double] {
      var weights = [Double](repeating: 0, count: inputs)
      let at = place(index, inputs, outputs)
      for i in -reach..<inputs + reach { weights[min(max(i, 0), inputs - 1)] += kernel(at - Double(i)) }
      return weights
    }
    return NaiveTensor([x.shape[0], x.shape[1], size.h, size.w]) { index in
      let rows = weights(index[2], x.shape[2], size.h)
      let columns = weights(index[3], x.shape[3], size.w)
      var sum = 0.0
      for (iy, row) in rows.enumerated() {
        for (ix, column) in columns.enumerated() { sum += row * column * x[index[0], index[1], iy, ix] }
      }
      return sum
    }
  }
}
