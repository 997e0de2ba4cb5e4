import ModelFormats

/// What a model file may ask of a shape without being absurd; products of such numbers do not overflow.
private let largestSize = 1 << 30
/// More elements than any explanation needs: 4 GB in one tensor.
private let largestCount = 1 << 30
/// More axes than any network has.
private let largestRank = 64

extension Shape {
  /// The shape itself, unless no memory could hold it.
  func expectingMemory() throws(InputError) -> Shape {
    guard rank <= largestRank else { throw InputError("", "would give a tensor of \(rank) axes") }
    var count = 1
    for size in dimensions {
      // An empty axis does not excuse the others: parts of a shape are multiplied, too.
      let (product, overflows) = count.multipliedReportingOverflow(by: max(size, 1))
      guard size >= 0, !overflows, product <= largestCount else {
        throw InputError("", "would give a tensor of the impossible shape \(self)")
      }
      count = product
    }
    return self
  }

  /// The logical axis that `axis` names, from the end where it is negative.
  func expectingAxis(_ axis: Int, _ verb: String) throws(InputError) -> Int {
    guard axis >= -rank, axis < rank else {
      throw InputError("", "\(verb) axis \(axis), which \(self) does not have")
    }
    return self.axis(axis)
  }

  /// The shape that this one and `other` give when each is stretched along axes of size 1, as in NumPy; nil where they do not fit.
  func broadcast(with other: Shape) -> Shape? {
    let rank = max(rank, other.rank)
    let (one, two) = (aligned(to: rank), other.aligned(to: rank))
    var sizes: [Int] = []
    for (a, b) in zip(one, two) {
      guard a == b || a == 1 || b == 1 else { return nil }
      sizes.append(a == 1 ? b : a)
    }
    return Shape(sizes)
  }

  /// The dimensions behind as many ones as make the rank `rank`.
  private func aligned(to rank: Int) -> [Int] { Array(repeating: 1, count: rank - self.rank) + dimensions }
}

extension Padding {
  func expectSizes() throws(InputError) {
    try GradCAMCore.expectSizes([top, left, bottom, right], atLeast: 0, "a padding")
  }
}

/// Refuses attributes that no real network has, before they overflow anything.
func expectSizes(_ values: [Int], atLeast least: Int, _ what: String) throws(InputError) {
  for value in values where value < least || value > largestSize {
    throw InputError("", "has \(what) of \(value)")
  }
}
