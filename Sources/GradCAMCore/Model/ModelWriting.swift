public import ModelFormats

extension Model {
  /// Writes this model as one self-contained file: weights, architecture, preprocessing, labels, default layer, method.
  ///
  /// Weights keep their names and their order (OIHW); whatever kind of floating-point numbers they were, they become float32,
  /// which is mapped without a copy. Integer buffers stay as they are. Beside them stand the convolutions' weights in the orders that
  /// one image of the model's size is convolved with.
  ///
  /// - Parameter check: asked about a file that would be replaced: see `AtomicFile.write`.
  /// - Throws: `InputError` naming the file.
  public func write(
    to path: FilePath, threads: Int = 1, replacing check: AtomicFile.Check = { _ in }
  ) throws(InputError) {
    do { try expectMemoryForWriting() } catch { throw error.about("\(path)") }
    var metadata = ModelMetadata(
      architecture: architecture, preprocessing: preprocessing, labels: labels, layer: defaultLayer, input: input)
    metadata.method = defaultMethod
    if activation.source != .graph { metadata.activation = activation }
    // What nobody chose is no choice of the file's.
    if defaultLayerDoubt != nil { metadata.layer = nil }
    var kept = tensors
    if let records { (metadata.graph, kept) = try records.graphJSON() }
    var contents: [(record: TensorRecord, type: ElementType, bytes: FileBytes)] = []
    for record in kept {
      let (type, bytes) = record.portable()
      contents.append((record, type, FileBytes(copying: bytes)))
    }
    let plain = contents.map { (name: $0.record.name, bytes: $0.bytes.bytes) }
    metadata.notFinite = StateDictImporter.notFinite(tensors, threads: threads)
    if let records, let json = metadata.graph {
      let bytes = FileBytes(copying: try records.graphBinary())
      let record = try TensorRecord(
        name: StoredGraph.name(json: json, bytes: bytes.bytes), type: .uint8, shape: [bytes.count], region: bytes.region
      )
      contents.append((record, .uint8, bytes))
    }
    for (name, bytes) in try packedWeights(threads: threads) {
      let record = try TensorRecord(name: name, type: .float32, shape: [bytes.count / 4], region: bytes.region)
      contents.append((record, .float32, bytes))
    }
    let list = contents.map { (name: $0.record.name, type: $0.type, shape: $0.record.shape, bytes: $0.bytes.bytes) }
    var strings = try metadata.strings()
    strings[WeightIntegrity.key] = WeightIntegrity.text(plain, strings, threads: Workers(threads))
    // All has been read: what was made of a file that changed meanwhile, or of damaged weights, is not written.
    try requireWhole(threads: threads)
    let failure = withExtendedLifetime(contents) { () -> InputError? in
      do throws(InputError) {
        try SafetensorsWriter.write(tensors: list, metadata: strings, to: path, replacing: check)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure.about("\(path)") }
    ModelDigest.keep(at: path)
  }

  /// Whether a safetensors file with this table of strings is one that `write` made, in whichever version.
  package static func isOwn(metadata strings: [String: String]) -> Bool { strings[ModelMetadata.formatKey] != nil }

  /// Checks that the copies that are written find room: all weights, those of convolutions once more as they are packed.
  private func expectMemoryForWriting() throws(InputError) {
    let shapes = try graph.shapes(for: inputShape)
    let counts = (records?.graph.initializers ?? tensors).map(\.elementCount)
    var floats = saturatingSum(counts.reduce(0, saturatingSum), saturatingProduct(counts.max() ?? 0, 2))
    for node in graph.nodes {
      guard let input = shapes[node.inputs[0]], let output = shapes[node.output],
        let (weight, form) = node.operation.packing(input, output), weight.name != nil
      else { continue }
      floats = saturatingSum(floats, saturatingProduct(weight.count(form), 2))
    }
    let need = MemoryNeed(filled: saturatingProduct(floats, MemoryLayout<Float>.stride))
    try MemoryHeadroom.now().expect(need, "writing it takes", remedy: "more memory")
  }

  /// By name, the convolutions' weights as forward passes over one image multiply by them, filled up to whole cache lines.
  private func packedWeights(threads: Int) throws(InputError) -> [(name: String, bytes: FileBytes)] {
    let context = ExecutionContext(threads: threads)
    let shapes = try graph.shapes(for: inputShape)
    var packed: [String: FileBytes] = [:]
    var seen: [ConvolutionWeight.Form: Set<ObjectIdentifier>] = [:]
    func isFirst(_ weight: ConvolutionWeight, _ form: ConvolutionWeight.Form) -> Bool {
      seen[form, default: []].insert(ObjectIdentifier(weight)).inserted
    }
    for node in graph.nodes {
      guard let input = shapes[node.inputs[0]], let output = shapes[node.output],
        let (weight, form) = node.operation.packing(input, output), weight.name != nil, isFirst(weight, form)
      else { continue }
      let storage = weight.packed(form, context)
      var numbers = Array(UnsafeBufferPointer(start: storage.base, count: storage.count))
      numbers += [Float](repeating: 0, count: (16 - numbers.count % 16) % 16)
      let bytes = FileBytes(copying: numbers.withUnsafeBytes(Array.init))
      let own = Fingerprint.of(bytes.bytes, threads: context.threads)
      let name = PackedWeights.name(weight, form, plain: weight.digest(threads: context.threads), own: own)
      if let name { packed[name] = bytes }
    }
    return packed.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
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
