import TestSupport

@testable import GradCAMCore
@testable import ModelFormats

/// A node of one operator that its converter takes, to be changed by a test.
struct ONNXSample {
  enum Operand {
    /// A value of the network of these sizes.
    case value([Int])
    case floats([Float], [Int])
    case ints([Int])
    case missing
  }

  var node = ONNXNode()
  var operands: [Operand] = [.value([2, 4, 6, 6])]

  /// - Parameter takesAttributes: whether the version has as attributes what later ones have as inputs.
  init(_ operation: String, opset: Int, has attributes: Set<String>) {
    (node.opType, node.opset, node.outputs) = (operation, opset, ["y"])
    node.attributes = Self.required[operation] ?? [:]
    node.attributes = node.attributes.filter { attributes.contains($0.key) }
    operands = Self.operands(operation, opset, attributes) ?? [.value([2, 4, 6, 6])]
    if operation == "Split" { node.outputs = ["y", "z"] }
  }

  /// What the node gives: constants as they are, values computed. Its attributes are all asked for.
  func results() throws -> [Tensor] {
    var random = SeededRandom(seed: 3)
    let network = Computation()
    let operands = self.operands.map { operand -> ONNXOperand? in
      switch operand {
      case .value(let sizes):
        return network.add(Tensor(random.uniform(Shape(sizes).count), Shape(sizes)))
      case .floats(let numbers, let sizes):
        return .constant(ONNXConstant(Tensor(numbers, Shape(sizes)), isInteger: false))
      case .ints(let numbers): return .constant(ONNXConstant(integers: numbers))
      case .missing: return nil
      }
    }
    guard let convert = ONNXConverters.converter(node) else { throw InputError("", "\(node.opType) has no converter") }
    let context = ONNXNodeContext(
      node: node, operands: operands, loader: WeightLoader(packed: PackedWeights()), emit: network.emit)
    let results = try convert(context)
    try context.expectAllRead()
    return results.map(network.tensor)
  }

  /// Attributes that operators cannot do without.
  private static let required: [String: [String: ONNXAttribute]] = [
    "Constant": ["value_ints": .ints([1, 2])], "Cast": ["to": .int(1)], "Concat": ["axis": .int(1)],
    "Unsqueeze": ["axes": .ints([1])], "Slice": ["starts": .ints([1]), "ends": .ints([3])],
    "Pad": ["pads": .ints([0, 0, 1, 2, 0, 0, 0, 1])], "DepthToSpace": ["blocksize": .int(2)],
    "SpaceToDepth": ["blocksize": .int(2)], "GroupNormalization": ["num_groups": .int(2)], "LRN": ["size": .int(3)],
    "MaxPool": ["kernel_shape": .ints([3, 3])], "AveragePool": ["kernel_shape": .ints([3, 3])],
    "LpPool": ["kernel_shape": .ints([3, 3])], "Upsample": ["scales": .floats([1, 1, 2, 2])],
    "TopK": ["k": .int(2)],
    "Col2Im": ["strides": .ints([1, 1]), "dilations": .ints([1, 1]), "pads": .ints([0, 0, 0, 0])],
    "LSTM": ["activations": .strings(["Sigmoid", "Tanh", "Tanh"])],
    "GRU": ["activations": .strings(["Sigmoid", "Tanh"])], "RNN": ["activations": .strings(["Tanh", "Tanh"])],
    "Einsum": ["equation": .string("nchw,wk->nchk")], "RotaryEmbedding": ["num_heads": .int(2)],
  ]

  /// nil for one feature map.
  private static func operands(_ operation: String, _ opset: Int, _ attributes: Set<String>) -> [Operand]? {
    let map = Operand.value([2, 4, 6, 6])
    let channels = Operand.floats([1, 2, 0.5, 3], [4])
    switch operation {
    case "Add", "Sub", "Mul", "Div", "Pow", "Min", "Max", "Sum", "Mean", "And", "Or", "Xor", "Equal", "Less",
      "LessOrEqual", "Greater", "GreaterOrEqual", "Concat":
      return [map, map]
    case "Where": return [map, map, map]
    case "PRelu": return [map, .floats([0.1, 0.2, 0.3, 0.4], [4, 1, 1])]
    case "Constant": return []
    case "ConstantOfShape": return [.ints([2, 3])]
    case "Range": return [.ints([1]), .ints([9]), .ints([2])]
    case "CastLike": return [map, .floats([1], [1])]
    case "Conv": return [map, .floats((0..<72).map { Float($0 % 7) }, [2, 4, 3, 3])]
    case "ConvTranspose": return [map, .floats((0..<72).map { Float($0 % 7) }, [4, 2, 3, 3])]
    case "MatMul": return [map, .floats((0..<12).map(Float.init), [6, 2])]
    case "Gemm": return [.value([2, 3]), .floats((0..<12).map(Float.init), [3, 4]), .floats([1, 2, 3, 4], [4])]
    case "Reshape": return [map, .ints([2, -1])]
    case "Squeeze": return [.value([2, 1, 6, 6])]
    case "Unsqueeze": return attributes.contains("axes") ? [map] : [map, .ints([1])]
    case "Slice": return attributes.contains("starts") ? [map] : [map, .ints([1]), .ints([3])]
    case "Pad": return attributes.contains("pads") ? [map] : [map, .ints([0, 0, 1, 2, 0, 0, 0, 1])]
    case "Expand": return [map, .ints([2, 4, 6, 6])]
    case "Tile": return [map, .ints([1, 1, 1, 2])]
    case "Gather": return [map, .ints([0])]
    case "Compress": return [map, .ints([1, 0])]
    case "NonZero", "Unique": return [.ints([3, 0, 3])]
    case "EyeLike": return [.value([3, 4])]
    case "OneHot": return [.ints([2, 0]), .ints([3]), .floats([0, 1], [2])]
    case "BatchNormalization": return [map, channels, channels, channels, channels]
    case "InstanceNormalization": return [map, channels, channels]
    case "GroupNormalization":
      return opset < 21 ? [map, .floats([1, 2], [2]), .floats([0, 1], [2])] : [map, channels, channels]
    case "LayerNormalization": return [map, .floats([1, 2, 3, 4, 5, 6], [6])]
    case "Mod": return [map, .floats([2, 3, 5, 7, 11, 13], [6])]
    case "SwiGLU": return [map, map]
    case "GatherND": return [map, .ints([0, 1, 2])]
    case "GatherElements": return [map, .floats([0, 1, 0, 1], [2, 2, 1, 1])]
    case "ScatterND": return [map, .ints([0]), .value([4, 6, 6])]
    case "ScatterElements", "Scatter": return [map, .floats([0, 1, 0, 1], [1, 2, 2, 1]), .value([1, 2, 2, 1])]
    case "Einsum": return [map, .floats((0..<12).map(Float.init), [6, 2])]
    case "TopK": return attributes.contains("k") ? [map] : [map, .ints([2])]
    case "Col2Im": return [.value([2, 8, 9]), .ints([4, 4]), .ints([2, 2])]
    case "GridSample": return [map, .value([2, 3, 5, 2])]
    case "LSTM", "GRU", "RNN":
      let rows = ["LSTM": 8, "GRU": 6, "RNN": 2][operation] ?? 0
      let weights = Operand.floats((0..<rows * 2).map { Float($0 % 5) / 4 - 0.5 }, [1, rows, 2])
      return [.value([3, 1, 2]), weights, weights]
    case "AffineGrid": return [.value([2, 2, 3]), .ints([2, 4, 5, 6])]
    case "CumSum": return [map, .ints([2])]
    case "RMSNormalization": return [map, .floats([1, 2, 3, 4, 5, 6], [6])]
    case "Attention": return [map, map, map]
    case "RotaryEmbedding":
      let angles = Operand.floats([Float](repeating: 0.5, count: 36), [2, 6, 3])
      return [map, angles, angles]
    case "QuantizeLinear", "DequantizeLinear": return [map, .floats([0.01, 0.02, 0.03, 0.04], [4])]
    case "Resize":
      return opset < 11 ? [map, .floats([1, 1, 2, 2], [4])] : [map, .missing, .floats([1, 1, 2, 2], [4])]
    case "Upsample": return attributes.contains("scales") ? [map] : [map, .floats([1, 1, 2, 2], [4])]
    default: return nil
    }
  }
}

/// Computes what converters emit, at once.
private final class Computation {
  private var values: [Tensor] = []

  func add(_ tensor: Tensor) -> ONNXOperand {
    values.append(tensor)
    return .value(Value(index: values.count - 1), tensor.shape)
  }

  func tensor(_ operand: ONNXOperand) -> Tensor {
    switch operand {
    case .constant(let constant): constant.tensor
    case .value(let value, _): values[value.index]
    }
  }

  func emit(_ operation: any GradCAMCore.Operation, _ operands: [ONNXOperand]) throws(InputError) -> ONNXOperand {
    _ = try operation.outputShape(of: operands.map(\.shape))
    return add(operation.forward(operands.map(tensor), ExecutionContext(threads: 1)))
  }
}
