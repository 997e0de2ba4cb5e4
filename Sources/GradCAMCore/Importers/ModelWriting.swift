public import ModelFormats

extension Model {
  /// Writes this model as one self-contained file: weights, architecture, preprocessing, labels, default layer.
  ///
  /// Weights keep their names and their order (OIHW); whatever kind of floating-point numbers they were, they become float32,
  /// which is mapped without a copy. Integer buffers stay as they are.
  ///
  /// - Throws: `InputError` naming the file.
  public func write(to path: FilePath) throws(InputError) {
    var metadata = ModelMetadata(
      architecture: architecture, preprocessing: preprocessing, labels: labels, layer: defaultLayer, input: input)
    var attributes: [TensorRecord] = []
    if let records {
      let (json, tensors) = try records.graphJSON()
      (metadata.graph, attributes) = (json, tensors)
    }
    var contents: [(record: TensorRecord, type: ElementType, bytes: FileBytes)] = []
    for record in tensors + attributes {
      let (type, bytes) = record.portable()
      contents.append((record, type, FileBytes(copying: bytes)))
    }
    let list = contents.map { (name: $0.record.name, type: $0.type, shape: $0.record.shape, bytes: $0.bytes.bytes) }
    let strings = try metadata.strings()
    let failure = withExtendedLifetime(contents) { () -> InputError? in
      do throws(InputError) {
        try SafetensorsWriter.write(tensors: list, metadata: strings, to: path)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure.about("\(path)") }
  }
}

extension TensorRecord {
  /// The elements in logical order: floats as float32, integers as they are.
  func portable() -> (ElementType, [UInt8]) {
    switch type {
    case .float32, .float64, .float16, .bfloat16:
      return (.float32, floats().withUnsafeBytes(Array.init))
    case .int64, .int32, .int16, .int8, .uint64, .uint32, .uint16, .uint8, .bool:
      if isContiguous { return (type, Array(region.bytes.prefix(elementCount * type.size))) }
      var bytes: [UInt8] = []
      bytes.reserveCapacity(elementCount * type.size)
      for offset in elementOffsets() { bytes += region.bytes[offset * type.size..<(offset + 1) * type.size] }
      return (type, bytes)
    }
  }

  /// The places of all elements, in logical order.
  private func elementOffsets() -> [Int] {
    zip(shape, strides).reduce([0]) { offsets, axis in
      offsets.flatMap { offset in (0..<axis.0).map { offset + $0 * axis.1 } }
    }
  }
}
