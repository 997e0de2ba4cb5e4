/// What a network does to each channel of its input before anything else: it moves channels about, scales and shifts them.
struct InputNormalization {
  /// One of the channels that come out of it: `scale · x + shift` of a channel `x` of the input.
  struct Channel: Equatable {
    /// Among the input's channels.
    var source: Int
    var scale: Double
    var shift: Double
  }

  /// In their order.
  var channels: [Channel]

  /// Whether every channel stays as it is.
  var isIdentity: Bool { channels.allSatisfy { $0.scale == 1 && $0.shift == 0 } }
}

extension Graph {
  /// The most numbers that are computed to find out what happens to the input.
  private static let probedNumbers = 1 << 26

  /// The constants that the graph takes away, divides and multiplies by before its first convolution; nil where there are none.
  ///
  /// They are found by what they do, not by how they are written: operations that are affine are run on pictures of one colour each, up to
  /// the last value that all paths lead through and that still is a picture of one colour. A batch norm on the input, a 1×1 convolution a
  /// channel, slices that are scaled one by one and joined again are the same to it.
  ///
  /// - Parameter shapes: of all values.
  func inputNormalization(_ shapes: [Value: Shape]) -> InputNormalization? { normalization(shapes)?.normalization }

  /// The nodes that do what `inputNormalization` tells, by index; empty where nothing is told.
  func normalizingNodes(_ shapes: [Value: Shape]) -> Range<Int> { 0..<(normalization(shapes)?.end.index ?? 0) }

  /// - Returns: what is done to the input, and the value that comes of it.
  private func normalization(_ shapes: [Value: Shape]) -> (normalization: InputNormalization, end: Value)? {
    guard let input = shapes[self.input], input.isFeatureMap, input[0] == 1 else { return nil }
    let prefix = affinePrefix(shapes)
    let cuts = prefix.cuts(of: self)
    let probes = input.c + 1
    let work = prefix.nodes.reduce(0.0) { $0 + Double(shapes[nodes[$1].output]?.count ?? 0) } * Double(probes)
    guard !cuts.isEmpty, work <= Double(Self.probedNumbers) else { return nil }
    // Black, then each channel alone at 1.
    let answers = (0..<probes).map { probe in
      let picture = Tensor.filled(input) { $0 == probe - 1 ? 1 : 0 }
      return run(prefix.nodes, on: picture, keeping: Set(cuts))
    }
    for cut in cuts.reversed() {
      if let found = InputNormalization(answers.map { $0[cut] }), !found.isIdentity { return (found, cut) }
    }
    return nil
  }

  /// The nodes whose values are affine in the input, and that weigh no neighbours against each other.
  private func affinePrefix(_ shapes: [Value: Shape]) -> AffinePrefix {
    var prefix = AffinePrefix(values: [input], nodes: [])
    for (index, node) in nodes.enumerated() where prefix.values.isSuperset(of: node.inputs) && !node.inputs.isEmpty {
      let inputs = node.inputs.compactMap { shapes[$0] }
      guard node.operation.isAffine, let shape = shapes[node.output], shape.count <= 4 * inputs[0].count else {
        continue
      }
      // A weight a number weighs no neighbours.
      guard node.operation.keepsPositions || node.operation.multiplyAdds(of: inputs) <= shape.count else { continue }
      prefix.values.insert(node.output)
      prefix.nodes.append(index)
    }
    return prefix
  }

  private func run(_ indices: [Int], on picture: Tensor, keeping cuts: Set<Value>) -> [Value: Tensor] {
    let context = ExecutionContext(threads: 1)
    var values = [input: picture]
    for index in indices {
      let node = nodes[index]
      values[node.output] = node.operation.forward(node.inputs.compactMap { values[$0] }, context)
    }
    return values.filter { cuts.contains($0.key) }
  }
}

/// The part of a graph at its input that is affine.
private struct AffinePrefix {
  var values: Set<Value>
  /// In execution order.
  var nodes: [Int]

  /// Its values that everything behind them depends on the input through, in execution order.
  func cuts(of graph: Graph) -> [Value] {
    var lastUse: [Value: Int] = [:]
    for (index, node) in graph.nodes.enumerated() { for input in node.inputs { lastUse[input] = index } }
    var latest = lastUse[graph.input] ?? 0
    return nodes.compactMap { index in
      let value = graph.nodes[index].output
      defer { latest = max(latest, lastUse[value] ?? 0) }
      return latest <= index ? value : nil
    }
  }
}

extension InputNormalization {
  /// Reads the channels from what becomes of black and of each channel alone at 1; nil where that is no picture of one colour, or a channel
  /// that mixes several of the input's.
  fileprivate init?(_ answers: [Tensor?]) {
    let colors = answers.map { $0.flatMap(\.color) }
    guard let black = colors[0] else { return nil }
    channels = []
    for (index, shift) in black.enumerated() {
      var slopes: [(source: Int, scale: Double)] = []
      for (source, color) in colors.dropFirst().enumerated() {
        guard let color, color.count == black.count else { return nil }
        if color[index] != shift { slopes.append((source, Double(color[index]) - Double(shift))) }
      }
      guard slopes.count == 1 else { return nil }
      channels.append(Channel(source: slopes[0].source, scale: slopes[0].scale, shift: Double(shift)))
    }
  }
}

extension Tensor {
  /// A picture of one colour, by channel.
  fileprivate static func filled(_ shape: Shape, _ color: (Int) -> Float) -> Tensor {
    let plane = shape.h * shape.w
    return Tensor((0..<shape.c).flatMap { [Float](repeating: color($0), count: plane) }, shape)
  }

  /// The colour of a picture that is of one; nil for another tensor.
  fileprivate var color: [Float]? {
    guard shape.isFeatureMap, shape[0] == 1, shape.count > 0 else { return nil }
    let values = logical()
    let plane = shape.h * shape.w
    let color = (0..<shape.c).map { values[$0 * plane] }
    let isOne = color.indices.allSatisfy { channel in
      // Vector code rounds another way than what is left over at its end.
      let slack = 1e-5 * max(abs(color[channel]), 1)
      return values[channel * plane..<(channel + 1) * plane].allSatisfy { abs($0 - color[channel]) <= slack }
    }
    return isOne ? color : nil
  }
}
