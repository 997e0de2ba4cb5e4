import ModelFormats

/// ONNX's ScatterElements (once Scatter) and PyTorch's `scatter`: every element of the third input at its own place of the first but
/// for the one axis, along which the second input says where.
struct ScatterElements: ScatteringOperation {
  let kind = "scatter_elements"
  /// Counted from the end where it is negative.
  var axis = 0
  var joining = ScatterJoining.replacing
  var imageCount: Int?

  func expectUpdates(_ data: Shape, _ indices: Shape, _ updates: Shape) throws(InputError) {
    _ = try data.expectElements(indices, along: axis)
    guard updates == indices else { throw InputError("", "puts \(updates) where \(indices) indices say") }
  }

  func places(_ indices: Tensor, in data: Shape) -> NamedPlaces {
    NamedPlaces(elements: indices, of: data, axis: data.axis(axis))
  }
}
