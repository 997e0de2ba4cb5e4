import ModelFormats

/// Layers that stand together in a file and may be a head, or a part of one: all tensors of one attribute of a module.
struct HeadUnit {
  /// A layer as its tensors tell it.
  struct Part {
    var layer: HeadPlan.Layer
    /// The tensors' places in the file, by the names that the network will ask for.
    var tensors: [String: Int]

    /// The length of the vectors that it takes.
    var input: Int {
      switch layer {
      case .linear(_, let input, _, _, _): input
      case .batchNorm(_, let count, _), .layerNorm(_, let count): count
      case .activation: 0
      }
    }

    /// The length of the vectors that it gives, where it is a linear layer.
    var output: Int? {
      if case .linear(_, _, let output, _, _) = layer { output } else { nil }
    }

    var module: String { layer.module ?? "" }

    var isConvolution: Bool { if case .linear(_, _, _, true, _) = layer { true } else { false } }

    var isLinearWithoutBias: Bool { if case .linear(_, _, _, _, false) = layer { true } else { false } }
  }

  /// What the file calls it.
  let name: String
  /// The module that it is an attribute of, with a dot at its end.
  let parent: String
  private(set) var parts: [Part] = []
  /// Whether all its tensors are layers that a head may have.
  private(set) var isReadable = true
  /// All its tensors' places.
  private(set) var indices: [Int] = []

  /// The most layers that a head is expected to have.
  private static let mostParts = 64

  init(name: String, parent: String) { (self.name, self.parent) = (name, parent) }

  /// Several units that are the layers of one head: `fc1`, `fc2`.
  init(name: String, joining units: [HeadUnit]) {
    self.init(name: name, parent: units.first?.parent ?? "")
    parts = units.flatMap(\.parts)
    isReadable = units.allSatisfy(\.isReadable) && parts.count <= Self.mostParts
    indices = units.flatMap(\.indices)
  }

  /// Adds a module's tensors.
  ///
  /// - Parameters:
  ///   - module: the path that the network will ask for.
  ///   - tensors: by the last part of their names.
  mutating func add(_ module: String, _ tensors: [String: Int], _ file: FileTensors) {
    indices += tensors.values
    let counted = tensors.filter {
      !file.isCounter($0.value) && file.records[$0.value].elementCount > 1 || $0.key == "weight" || $0.key == "bias"
    }
    if counted.isEmpty { return }
    guard parts.count < Self.mostParts, let layer = Self.layer(module, counted.mapValues { file.records[$0].shape })
    else {
      return isReadable = false
    }
    let named = Dictionary(counted.map { ("\(module).\($0.key)", $0.value) }, uniquingKeysWith: { first, _ in first })
    parts.append(Part(layer: layer, tensors: named))
  }

  private static func layer(_ module: String, _ shapes: [String: [Int]]) -> HeadPlan.Layer? {
    let (weight, bias) = (shapes["weight"], shapes["bias"])
    func isVector(_ shape: [Int]?, _ count: Int) -> Bool { shape == [count] }
    if let mean = shapes["running_mean"], mean.count == 1 {
      let isAffine = isVector(weight, mean[0]) && isVector(bias, mean[0])
      guard isVector(shapes["running_var"], mean[0]), isAffine && shapes.count == 4 || shapes.count == 2 else {
        return nil
      }
      return .batchNorm(module: module, count: mean[0], isAffine: isAffine)
    }
    guard let weight, shapes.count == (bias == nil ? 1 : 2), weight.allSatisfy({ (1...1 << 24).contains($0) }) else {
      return nil
    }
    let isConvolution = weight.count == 4 && weight[2...] == [1, 1]
    if weight.count == 2 || isConvolution {
      guard bias == nil || bias == [weight[0]] else { return nil }
      return .linear(
        module: module, input: weight[1], output: weight[0], isConvolution: isConvolution, hasBias: bias != nil)
    }
    return weight.count == 1 && bias == weight ? .layerNorm(module: module, count: weight[0]) : nil
  }

  // MARK: - Chains

  /// The layers one behind the other, the first of which takes vectors of `width`; nil where they are no such chain.
  func chain(from width: Int) -> [Part]? {
    guard isReadable, parts.contains(where: { $0.output != nil }) else { return nil }
    // Convolutions behind one another may have pooled between them, or behind them.
    guard !parts.contains(where: \.isConvolution) || parts.count == 1 else { return nil }
    let ordered = parts.sorted { Self.isBefore($0.module, $1.module) }
    return Self.flows(ordered, width) ? ordered : Self.flows(parts, width) ? parts : matched(width)
  }

  private static func flows(_ parts: [Part], _ width: Int) -> Bool {
    var width = width
    for part in parts {
      guard part.input == width else { return false }
      width = part.output ?? width
    }
    return true
  }

  /// The layers in the order that their widths allow, norms behind the linear layer that they fit.
  private func matched(_ width: Int) -> [Part]? {
    var (rest, chain, width) = (parts, [Part](), width)
    while !rest.isEmpty {
      let isOpening = chain.isEmpty && rest.contains { $0.output == width }
      let norm = isOpening ? nil : rest.firstIndex { $0.output == nil && $0.input == width }
      let linear = rest.indices.filter { rest[$0].output != nil && rest[$0].input == width }
      guard let next = norm ?? (linear.count == 1 ? linear[0] : nil) else { return nil }
      let part = rest.remove(at: next)
      chain.append(part)
      width = part.output ?? width
    }
    return chain
  }

  /// Whether a path is before another, numbers by their value.
  static func isBefore(_ first: String, _ second: String) -> Bool {
    let (first, second) = (first.split(separator: "."), second.split(separator: "."))
    for (one, other) in zip(first, second) where one != other {
      let (one, other) = (stem(String(one)), stem(String(other)))
      if one.stem == other.stem, let a = one.number, let b = other.number { return a < b }
      // The file's order is kept.
      return false
    }
    return first.count < second.count
  }

  /// A name without the number at its end, and the number: `fc`, 2.
  static func stem(_ name: String) -> (stem: String, number: Int?) {
    let digits = name.utf8.reversed().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
    let stem = String(decoding: name.utf8.dropLast(digits), as: UTF8.self)
    return (stem, digits < 10 ? Int(String(decoding: name.utf8.suffix(digits), as: UTF8.self)) : nil)
  }
}
