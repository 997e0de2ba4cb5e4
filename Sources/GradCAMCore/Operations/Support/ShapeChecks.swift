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
  ///
  /// - Parameter verb: what the operation does along it, for the complaint.
  func checkedAxis(_ axis: Int, _ verb: String = "runs along") throws(InputError) -> Int {
    let place = self.axis(axis)
    guard dimensions.indices.contains(place) else {
      throw InputError("", "\(verb) axis \(axis), which \(self) does not have")
    }
    return place
  }
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

/// Checks that an operation got as many inputs as it takes.
func expectInputs(_ inputs: [Shape], _ count: Int) throws(InputError) {
  guard inputs.count == count else { throw InputError("", "takes \(count) input(s), not \(inputs.count)") }
}

/// The one input's shape.
func expectInput(_ inputs: [Shape]) throws(InputError) -> Shape {
  try expectInputs(inputs, 1)
  return inputs[0]
}

/// The one input's shape, which must be a batch of feature maps.
func expectFeatureMap(_ inputs: [Shape]) throws(InputError) -> Shape {
  let x = try expectInput(inputs)
  guard x.isFeatureMap else { throw InputError("", "takes a batch of feature maps (N C H W), not the shape \(x)") }
  return x
}

/// The one input's shape, which must have an axis of channels.
func expectChannels(_ inputs: [Shape]) throws(InputError) -> Shape {
  let x = try expectInput(inputs)
  guard x.rank >= 2 else { throw InputError("", "takes a batch of channels (N C …), not the shape \(x)") }
  return x
}
