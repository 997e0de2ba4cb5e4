import ModelFormats

/// Finds the architecture that a state dict belongs to, and builds it.
enum StateDictImporter {
  /// A network and the architecture that it is.
  struct Result {
    var graph: Graph
    var architecture: any Architecture
    /// Names of weights that hold a NaN or an infinity.
    var notFinite: [String]
  }

  /// - Parameters:
  ///   - packed: convolutions' weights in the engine's orders.
  ///   - notFinite: what is known of weights that are not finite; nil to look.
  ///   - spec: what the user or the model file says; nil to recognise the architecture.
  ///   - hint: what somebody else calls the architecture, which holds where the weights fit it.
  /// - Throws: `InputError` without a subject: the nearest architecture, and every missing, unexpected or mis-shaped tensor.
  static func load(
    _ tensors: [TensorRecord], packed: PackedWeights = PackedWeights(), notFinite known: [String]? = nil,
    spec: ArchitectureSpec?, hint: String? = nil, threads: Int
  ) throws(InputError) -> Result {
    let tensors = try renamed(tensors)
    let shapes = shapes(tensors)
    let hinted = spec == nil ? hint.flatMap { fitting($0, shapes, tensors) } : nil
    let architecture: any Architecture
    if let spec {
      architecture = try named(spec, shapes)
    } else if let hinted {
      architecture = hinted
    } else {
      architecture = try nearest(shapes, tensors)
    }
    let source = ParameterSource(tensors, packed: packed)
    let graph = build(architecture, source)
    let shortfalls = Shortfalls(source: source)
    guard shortfalls.count == 0 else { throw shortfalls.error(architecture, chosen: spec != nil) }
    return Result(graph: graph, architecture: architecture, notFinite: known ?? notFinite(tensors, threads: threads))
  }

  private static func shapes(_ tensors: [TensorRecord]) -> ParameterShapes {
    ParameterShapes(
      shapes: Dictionary(tensors.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first }))
  }

  /// The tensors under the names that they have here, where another library named them.
  private static func renamed(_ tensors: [TensorRecord]) throws(InputError) -> [TensorRecord] {
    let shapes = shapes(tensors)
    guard let names = ForeignNamesRegistry.all.lazy.compactMap({ $0.names(shapes) }).first else { return tensors }
    return try tensors.map { (tensor) throws(InputError) in try tensor.named(names[tensor.name] ?? tensor.name) }
  }

  private static func build(_ architecture: any Architecture, _ source: ParameterSource) -> Graph {
    let network = NetworkBuilder(kind: "\(type(of: architecture))", source)
    return network.graph(output: architecture.build(network))
  }

  private static func named(_ spec: ArchitectureSpec, _ shapes: ParameterShapes) throws(InputError) -> any Architecture
  {
    let names = ArchitectureRegistry.names
    guard let type = ArchitectureRegistry.all.first(where: { $0.names.contains(spec.name) }) else {
      throw InputError(
        "", "there is no architecture '\(spec.name)'", remedy: "one of \(names.joined(separator: ", "))")
    }
    if let key = spec.arguments.keys.sorted().first(where: { !type.keys.contains($0) }) {
      throw InputError(
        "", "\(spec.name) has no argument '\(key)'", remedy: "one of \(type.keys.joined(separator: ", "))")
    }
    let architecture = type.init(name: spec.name, arguments: spec.arguments, shapes: shapes)
    if let problem = architecture.problem { throw InputError("", problem) }
    return architecture
  }

  /// The architecture of that name, if the weights are its.
  private static func fitting(
    _ name: String, _ shapes: ParameterShapes, _ tensors: [TensorRecord]
  ) -> (any Architecture)? {
    guard let architecture = try? named(ArchitectureSpec(name: name), shapes) else { return nil }
    let source = ParameterSource(tensors, isSurvey: true)
    _ = build(architecture, source)
    return Shortfalls(source: source).count == 0 ? architecture : nil
  }

  /// The architecture whose tensors fit best.
  private static func nearest(
    _ shapes: ParameterShapes, _ tensors: [TensorRecord]
  ) throws(InputError) -> any Architecture {
    guard !tensors.isEmpty else {
      throw InputError("", "holds no tensors", remedy: "what torch.save(model.state_dict(), 'weights.pth') writes")
    }
    var best: (architecture: any Architecture, shortfalls: Int)?
    for type in ArchitectureRegistry.all {
      let architecture = type.init(name: nil, arguments: [:], shapes: shapes)
      let source = ParameterSource(tensors, isSurvey: true)
      _ = build(architecture, source)
      // A network that shares no more than a name or two with the file is of no help to anybody.
      guard source.missing.count * 4 <= source.expected.count * 3 else { continue }
      let count = Shortfalls(source: source).count
      if best.map({ count < $0.shortfalls }) ?? true { best = (architecture, count) }
    }
    guard let best else {
      let names = ArchitectureRegistry.names
      let found = tensors.prefix(3).map(\.name.printable).joined(separator: ", ")
      throw InputError(
        "", "is no architecture that is known by its weights (it has \(tensors.count) tensors: \(found), …)",
        remedy: "known are \(names.joined(separator: ", ")); \(.arch) chooses one")
    }
    return best.architecture
  }

  static func notFinite(_ tensors: [TensorRecord], threads: Int) -> [String] {
    var flags = [Bool](repeating: false, count: tensors.count)
    flags.withUnsafeMutableBufferPointer { flags in
      nonisolated(unsafe) let flags = flags
      parallelFor(tensors.count, threads: threads) { index, _ in
        flags[index] = tensors[index].hasNotFinite
        // Most of the file has been copied into the engine's order by now.
        tensors[index].region.discard()
      }
    }
    return tensors.indices.filter { flags[$0] }.map { tensors[$0].name }
  }
}

/// What keeps a state dict from being an architecture's.
private struct Shortfalls {
  let source: ParameterSource

  var count: Int { source.missing.count + source.unexpected.count + source.misshaped.count }

  /// The most tensors of a kind that are named one by one.
  private static let mostNamed = 100

  func error(_ architecture: any Architecture, chosen: Bool) -> InputError {
    var parts: [Message] = []
    func tell(_ kind: String, _ tensors: [String]) {
      guard !tensors.isEmpty else { return }
      let more = tensors.count > Self.mostNamed ? ", … (\(tensors.count))" : ""
      let named: Message = tensors.prefix(Self.mostNamed).enumerated().reduce("\(kind) ") { text, tensor in
        "\(text)\(tensor.offset == 0 ? "" : ", ")\(tensor.element)"
      }
      parts.append("\(named)\(more)")
    }
    tell("missing", source.missing.map { "\($0.name.printable) \($0.shape)" })
    tell("mis-shaped", source.misshaped.map { "\($0.name.printable) \($0.found), not \($0.expected)" })
    tell("unexpected", source.unexpected.map(\.printable))
    let what = chosen ? "is not the architecture \(architecture.spec)" : "fits no known architecture"
    let nearest = chosen ? "" : "; the nearest is \(architecture.spec)"
    let list = parts.dropFirst().reduce(parts.first ?? "") { "\($0); \($1)" }
    return InputError("", "\(what)\(nearest): \(list)")
  }
}

extension TensorRecord {
  /// Whether a floating-point tensor holds a NaN or an infinity.
  var hasNotFinite: Bool {
    guard type == .float32, let base = contiguousFloat32 else {
      return [.float16, .bfloat16, .float64, .float32].contains(type) && floats().contains { !$0.isFinite }
    }
    return base.withMemoryRebound(to: UInt32.self, capacity: elementCount) { bits in
      // All exponent bits set, found without a branch so that the loop runs on vectors.
      var found: UInt32 = 0
      for i in 0..<elementCount { found |= (bits[i] & 0x7f80_0000) == 0x7f80_0000 ? 1 : 0 }
      return found != 0
    }
  }
}
