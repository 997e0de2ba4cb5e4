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
  /// - Throws: `InputError` without a subject: the nearest architecture, and missing, unexpected or mis-shaped tensors.
  static func load(
    _ tensors: [TensorRecord], packed: PackedWeights = PackedWeights(), notFinite known: [String]? = nil,
    spec: ArchitectureSpec?, hint: String? = nil, threads: Int
  ) throws(InputError) -> Result {
    let match = try StateDictMatch(tensors, .init(spec: spec, hint: hint))
    return try build(match, packed: packed, notFinite: known, threads: threads)
  }

  /// Builds the network that was found, and reads its weights.
  static func build(
    _ match: StateDictMatch, packed: PackedWeights, notFinite known: [String]?, threads: Int
  ) throws(InputError) -> Result {
    let source = ParameterSource(match.tensors, packed: packed)
    let network = NetworkBuilder(kind: "\(type(of: match.architecture))", source, head: match.head)
    let graph = network.graph(output: match.architecture.build(network))
    guard source.missing.isEmpty, source.misshaped.isEmpty else {
      let name = source.missing.first?.name ?? source.misshaped.first?.name ?? ""
      throw InputError(
        "", "is not the architecture \(match.architecture.spec): \(name.printable) is not as it should be",
        remedy: .exportInstead)
    }
    return Result(
      graph: graph, architecture: match.architecture, notFinite: known ?? notFinite(match.tensors, threads: threads))
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
