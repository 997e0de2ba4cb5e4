/// What one softmax gave for one image, or a gradient there: heads × queries × keys, wherever heads lie in it.
struct AttentionShares {
  private let tensor: Tensor
  let queries: Int
  let keys: Int
  private let steps: (query: Int, key: Int)
  /// Where each head begins.
  private let heads: [Int]

  var headCount: Int { heads.count }

  /// - Parameter tensor: any axes, and then queries × keys.
  init(_ tensor: Tensor) {
    self.tensor = tensor
    let (shape, strides) = (tensor.shape, StoredAxis.strides(tensor.shape))
    (queries, keys) = (shape[shape.rank - 2], shape[shape.rank - 1])
    steps = (strides[shape.rank - 2], strides[shape.rank - 1])
    heads = (0..<shape.rank - 2).reduce([0]) { offsets, axis in
      offsets.flatMap { offset in (0..<shape[axis]).map { offset + $0 * strides[axis] } }
    }
  }

  /// The heads' numbers of one query, one after the other: `body` gets the key, and where in the memory the number lies.
  private func forEach(_ query: Int, _ body: (_ key: Int, _ place: Int) -> Void) {
    for head in heads {
      let start = head + query * steps.query
      for key in 0..<keys { body(key, start + key * steps.key) }
    }
  }

  /// By key, the mean over the heads of what `value` makes of a query's numbers and those of `other`, which has the same shape.
  func mean(ofQuery query: Int, with other: AttentionShares, _ value: (Float, Float) -> Float) -> [Double] {
    precondition(tensor.shape == other.tensor.shape, "a gradient of another shape")
    var sums = [Double](repeating: 0, count: keys)
    let (own, theirs) = (tensor.elements, other.tensor.elements)
    forEach(query) { key, place in sums[key] += Double(value(own[place], theirs[place])) }
    return sums.map { $0 / Double(heads.count) }
  }

  /// By key, the mean over the heads of what `value` makes of a query's numbers.
  func mean(ofQuery query: Int, _ value: (Float) -> Float = { $0 }) -> [Double] {
    mean(ofQuery: query, with: self) { number, _ in value(number) }
  }

  /// The heads as one: queries × keys, row by row.
  func fused(_ fusion: HeadFusion) -> [Float] {
    var values = [Float](repeating: 0, count: queries * keys)
    let source = tensor.elements
    for query in 0..<queries {
      let row = query * keys
      if fusion == .mean {
        for (key, mean) in mean(ofQuery: query).enumerated() { values[row + key] = Float(mean) }
        continue
      }
      for key in 0..<keys { values[row + key] = source[heads[0] + query * steps.query + key * steps.key] }
      forEach(query) { key, place in
        values[row + key] =
          fusion == .max ? max(values[row + key], source[place]) : min(values[row + key], source[place])
      }
    }
    return values
  }

  var isZero: Bool { tensor.isZero }
}

/// How the heads of an attention become one.
public enum HeadFusion: String, Sendable, CaseIterable {
  case mean, max, min
}
