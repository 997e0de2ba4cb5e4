import ModelFormats
import TestSupport

@testable import GradCAMCore

/// A network of a convolution `c`, whatever a test puts between it and `f`, and scores from a mean of that: an ONNX file.
struct SmallNetwork {
  /// From `c` to `f`, in words: `Add c,half -> f`.
  var middle: [Wire]
  var weights: [Wire] = []
  var inputs: [Wire] = [.value("x", [1, 3, 6, 6])]
  var outputs: [Wire] = [.value("y", [1, 4])]
  /// Nodes that take what the network has.
  var behind: [Wire] = []

  init(_ middle: String, graphs: [String: Wire] = [:]) { self.middle = Self.nodes(middle, graphs: graphs) }

  init(_ middle: [Wire]) { self.middle = middle }

  /// The image: seeded.
  static func image(_ shape: Shape = Shape(1, 3, 6, 6)) -> Tensor {
    var random = SeededRandom(seed: 3)
    return Tensor(random.uniform(shape.count), shape)
  }

  var wire: Wire {
    var random = SeededRandom(seed: 4)
    let head = Self.nodes("GlobalAveragePool f -> p; Flatten p -> q; MatMul q,m -> y")
    let own = [
      Self.floats("w", [8, 3, 3, 3], random.uniform(216)), Self.floats("m", [8, 4], random.uniform(32)),
      Self.floats("half", [], [0.5]), Self.floats("two", [], [2]), Self.integers("i0", [], [0]),
      Self.integers("i1", [], [1]), Self.integers("i3", [], [3]), .tensor("yes", type: 9, [], raw: [1]),
      .tensor("no", type: 9, [], raw: [0]),
    ]
    return .model(
      .graph(
        Self.nodes("Conv x,w -> c") + middle + head + behind, inputs: inputs, outputs: outputs,
        initializers: own + weights))
  }

  func load(_ change: (inout Model.Overrides) -> Void = { _ in }) throws -> Model {
    var overrides = Model.Overrides()
    overrides.preprocessing = "unit"
    change(&overrides)
    return try Model.load(FileBytes(copying: wire.bytes), overrides)
  }

  /// The scores of the image, as the file gives them and as a file does that `convert` writes of it.
  func scores(_ image: Tensor = image(), _ change: (inout Model.Overrides) -> Void = { _ in }) throws -> [Float] {
    try Session(try load(change).graph).forward(image).output.logical()
  }

  /// What loading it says.
  func refusal(_ change: (inout Model.Overrides) -> Void = { _ in }) -> String? {
    do { _ = try load(change) } catch { return "\(error)" }
    return nil
  }

  // MARK: Parts

  /// `Op a,b -> c,d key=1 keys=[1,2] body=@name; …`; `_` is an input that is left out, `ai.onnx.ml.ZipMap` an operator of another domain.
  static func nodes(_ text: String, graphs: [String: Wire] = [:]) -> [Wire] {
    text.split(separator: ";").map { line in
      let words = line.split(separator: " ").map(String.init)
      let arrow = words.firstIndex(of: "->") ?? 1
      let names = { (text: String) in text.split(separator: ",").map { $0 == "_" ? "" : String($0) } }
      let path = words[0].split(separator: ".")
      return .node(
        "", String(path.last ?? ""), arrow == 1 ? [] : names(words[1]), names(words[arrow + 1]),
        domain: path.dropLast().joined(separator: "."),
        attributes: words.dropFirst(arrow + 2).map { attribute($0, graphs) })
    }
  }

  private static func attribute(_ word: String, _ graphs: [String: Wire]) -> Wire {
    let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
    let start = Wire().string(1, parts[0])
    if parts[1].hasPrefix("@") { return start.message(6, graphs[String(parts[1].dropFirst())] ?? Wire()).int(20, 5) }
    guard parts[1].hasPrefix("[") else { return start.int(3, Int(parts[1]) ?? 0).int(20, 2) }
    let list = parts[1].dropFirst().dropLast().split(separator: ",").compactMap { Int($0) }
    return list.reduce(start) { $0.int(8, $1) }.int(20, 7)
  }

  /// A graph in a node.
  static func graph(
    _ text: String, inputs: [String] = [], outputs: [String], weights: [Wire] = [], graphs: [String: Wire] = [:]
  ) -> Wire {
    .graph(
      nodes(text, graphs: graphs), inputs: inputs.map { .value($0, []) }, outputs: outputs.map { .value($0, []) },
      initializers: weights)
  }

  static func floats(_ name: String, _ shape: [Int], _ values: [Float]) -> Wire {
    .tensor(name, shape, raw: values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) })
  }

  static func integers(_ name: String, _ shape: [Int], _ values: [Int]) -> Wire {
    .tensor(name, type: 7, shape, raw: values.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) })
  }
}
