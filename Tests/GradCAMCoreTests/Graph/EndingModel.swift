import ModelFormats
import TestSupport

@testable import GradCAMCore

/// A small network of a convolution and a mean, whose five scores (or one) are called `z`, with operations behind them in words:
/// `Softmax z -> p axis=1; Reshape p rows -> y`. What comes last is called `y`.
struct EndingModel: CustomStringConvertible, Sendable {
  let tail: String
  var classes = 5
  var opset = 17
  /// The outputs of the file, the one that is explained first.
  var outputs = ["y"]

  var description: String { tail }

  /// The image: 1 3 2 2, a seeded one.
  static var image: Tensor {
    var random = SeededRandom(seed: 3)
    return Tensor(random.uniform(12), Shape(1, 3, 2, 2))
  }

  func load(_ change: (inout Model.Overrides) -> Void = { _ in }) throws -> Model {
    var overrides = Model.Overrides()
    overrides.preprocessing = "unit"
    change(&overrides)
    return try Model.load(FileBytes(copying: wire.bytes), overrides)
  }

  /// The file.
  var wire: Wire {
    var random = SeededRandom(seed: 4)
    let weights = random.uniform(classes * 3).map { 4 * $0 }
    let head: [Wire] = [
      .node("conv", "Conv", ["x", "w"], ["map"]), .node("", "GlobalAveragePool", ["map"], ["mean"]),
      .node("", "Flatten", ["mean"], ["z"]),
    ]
    let nodes = tail.split(separator: ";").map { Self.node($0.split(separator: " ").map(String.init)) }
    return .model(
      .graph(
        head + nodes, inputs: [.value("x", [1, 3, 2, 2])], outputs: outputs.map { .value($0, []) },
        initializers: [Self.floats("w", [classes, 3, 1, 1], weights)] + constants), opset: opset)
  }

  private var constants: [Wire] {
    let numbers: [(String, Float)] = [
      ("one", 1), ("minus", -1), ("zero", 0), ("half", 0.5), ("two", 2), ("low", 1e-7), ("high", 1 - 1e-7),
      ("share", 0.8), ("rest", 0.04),
    ]
    return numbers.map { Self.floats($0, [], [$1]) } + [
      Self.integers("rows", [1, classes]), Self.integers("image", [1, classes, 1, 1]), Self.integers("first", [0]),
      Self.integers("second", [1]), Self.integers("last", [-1]), Self.integers("all", [classes]),
      Self.integers("end", [-100]),
      .tensor("zeroth", type: 7, [], raw: [UInt8](repeating: 0, count: 8)),
    ]
  }

  /// `Op a,b -> c,d key=1 keys=[1,2]`.
  private static func node(_ words: [String]) -> Wire {
    let names = { (text: String) in text.split(separator: ",").map { $0 == "_" ? "" : String($0) } }
    let attributes = words.dropFirst(4).map { word -> Wire in
      let parts = word.split(separator: "=")
      let start = Wire().string(1, String(parts[0]))
      guard parts[1].first == "[" else { return start.int(3, Int(parts[1]) ?? 0).int(20, 2) }
      let list = parts[1].dropFirst().dropLast().split(separator: ",").compactMap { Int($0) }
      return list.reduce(start) { $0.int(8, $1) }.int(20, 7)
    }
    return .node("", words[0], names(words[1]), names(words[3]), attributes: attributes)
  }

  private static func floats(_ name: String, _ shape: [Int], _ values: [Float]) -> Wire {
    .tensor(name, shape, raw: values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) })
  }

  private static func integers(_ name: String, _ values: [Int]) -> Wire {
    .tensor(name, type: 7, [values.count], raw: values.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) })
  }
}
