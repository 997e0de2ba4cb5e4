extension NaiveReference {
  /// `body` of the elements of several tensors, broadcast as NumPy does it.
  public static func elementwise(_ inputs: [NaiveTensor], _ body: ([Double]) -> Double) -> NaiveTensor {
    let rank = inputs.map(\.shape.count).max() ?? 0
    let shape = (0..<rank).map { axis in
      let sizes = inputs.compactMap { input in
        axis < rank - input.shape.count ? nil : input.shape[axis - rank + input.shape.count]
      }
      return sizes.first { $0 != 1 } ?? 1
    }
    return NaiveTensor(shape) { index in
      body(
        inputs.map { input in
          let own = index.suffix(input.shape.count)
          return input[zip(own, input.shape).map { $1 == 1 ? 0 : $0 }]
        })
    }
  }

  /// `body` of all the elements that differ in `axes` (none negative) alone.
  public static func reduce(
    _ x: NaiveTensor, axes: [Int], keepsDimensions: Bool = true, _ body: ([Double]) -> Double
  ) -> NaiveTensor {
    let kept = x.shape.indices.map { axes.contains($0) ? 1 : x.shape[$0] }
    let places = NaiveTensor.indices(x.shape.indices.map { axes.contains($0) ? x.shape[$0] : 1 })
    let result = NaiveTensor(kept) { index in body(places.map { place in x[zip(index, place).map { $0 + $1 }] }) }
    return keepsDimensions
      ? result : result.reshaped(x.shape.indices.filter { !axes.contains($0) }.map { x.shape[$0] })
  }

  /// (x − mean)/√(variance + eps), over all elements whose indices are of one group.
  public static func standardize(_ x: NaiveTensor, eps: Double, group: ([Int]) -> [Int]) -> NaiveTensor {
    let indices = NaiveTensor.indices(x.shape)
    return NaiveTensor(x.shape) { index in
      let members = indices.filter { group($0) == group(index) }.map { x[$0] }
      let mean = members.reduce(0, +) / Double(members.count)
      let variance = members.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(members.count)
      return (x[index] - mean) / (variance + eps).squareRoot()
    }
  }
}
