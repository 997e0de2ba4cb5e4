import ModelFormats

/// ONNX's ScatterND: the third input's entries in the places of the first that the last axis of the second names.
struct ScatterND: ScatteringOperation {
  let kind = "scatter_nd"
  var joining = ScatterJoining.replacing
  var imageCount: Int?

  func expectUpdates(_ data: Shape, _ indices: Shape, _ updates: Shape) throws(InputError) {
    let expected = try data.expectEntries(indices)
    guard updates == expected else {
      throw InputError("", "puts \(updates) where indices of \(indices) into \(data) take \(expected)")
    }
  }

  func places(_ indices: Tensor, in data: Shape) -> NamedPlaces { NamedPlaces(entries: indices, of: data) }
}
