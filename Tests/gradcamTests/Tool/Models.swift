import ModelFormats

extension Workplace {
  /// Writes the X-ray fixture's weights, changed, as a safetensors file.
  ///
  /// - Parameter change: gets each tensor by name; nil leaves it out.
  func putModel(
    _ name: String, metadata: [String: String] = [:], _ change: (String, [Float]) -> [Float]? = { $1 }
  ) throws {
    let state = try StateDict.load(FileBytes(copying: Workplace.fixture("xray.pth")))
    var tensors: [(name: String, shape: [Int], bytes: FileBytes)] = []
    for tensor in state.tensors where !tensor.name.hasSuffix("num_batches_tracked") {
      guard let values = change(tensor.name, tensor.floats()) else { continue }
      tensors.append((tensor.name, tensor.shape, FileBytes(copying: values.withUnsafeBytes { [UInt8]($0) })))
    }
    let list = tensors.map { (name: $0.name, type: ElementType.float32, shape: $0.shape, bytes: $0.bytes.bytes) }
    let encoded = try SafetensorsWriter.encode(tensors: list, metadata: metadata)
    withExtendedLifetime(tensors) { put(encoded, as: name) }
  }

  /// The same with the head's weights changed, each by itself.
  func putModel(_ name: String, head change: (Float) -> Float) throws {
    try putModel(name) { $0 == "classifier.0.weight" ? $1.map(change) : $1 }
  }
}
