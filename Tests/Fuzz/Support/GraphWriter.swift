/// Writes ONNX files that the bytes of a fuzzer choose.
struct GraphWriter {
  private enum Kind { case int, ints, float, floats, string([String]), tensor }

  private static let window: [(String, Kind)] = [
    ("kernel_shape", .ints), ("strides", .ints), ("dilations", .ints), ("pads", .ints),
    ("auto_pad", .string(["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"])),
  ]
  private static let pool = window + [("ceil_mode", .int), ("count_include_pad", .int), ("p", .int)]
  private static let reduction: [(String, Kind)] = [
    ("axes", .ints), ("keepdims", .int), ("noop_with_empty_axes", .int),
  ]
  private static let resize: [(String, Kind)] = [
    ("mode", .string(["nearest", "linear", "cubic"])), ("axes", .ints), ("scales", .floats),
    ("coordinate_transformation_mode", .string(["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"])),
    ("nearest_mode", .string(["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"])),
    ("exclude_outside", .int), ("cubic_coeff_a", .float),
  ]

  /// What came later, by the kinds of their attributes: whole numbers, lists of them, numbers.
  private static let plain: [(ints: [String], lists: [String], floats: [String], names: String)] = [
    ([], [], [], "Softsign Sin Cos Tan Sinh Cosh Asin Acos Atan Asinh Acosh Atanh IsNaN LessOrEqual GreaterOrEqual"),
    ([], [], [], "NonZero DynamicQuantizeLinear If Loop SequenceEmpty SequenceConstruct SequenceInsert SequenceErase"),
    ([], [], [], "SequenceAt SequenceLength"),
    ([], [], ["alpha"], "Swish SwiGLU ThresholdedRelu"), ([], [], ["bias", "lambd"], "Shrink"),
    (["axis"], [], [], "OneHot Compress GatherElements Scatter"), (["fmod"], [], [], "Mod"),
    (["exclusive", "reverse"], [], [], "CumSum"), (["detect_negative", "detect_positive"], [], [], "IsInf"),
    (["dtype", "k"], [], [], "EyeLike"), (["axis", "sorted"], [], [], "Unique"), (["upper"], [], [], "Trilu"),
    (["hidden_size", "linear_before_reset", "input_forget"], [], [], "LSTM GRU RNN"),
    (["axis", "keepdims"], [], [], "ArgMin SplitToSequence"), (["axis", "new_axis"], [], [], "ConcatFromSequence"),
    (["axis", "largest", "sorted"], [], [], "TopK"), (["batch_dims"], [], [], "GatherND"),
    (["keepdims", "noop_with_empty_axes"], ["axes"], [], "ReduceLogSum"), (["align_corners"], [], [], "AffineGrid"),
    (["axis"], [], ["epsilon"], "RMSNormalization"), ([], ["axes"], [], "MeanVarianceNormalization"),
    ([], ["dilations", "pads", "strides"], [], "Col2Im"), (["training_mode"], [], [], "BatchNormalization"),
    (["axis", "block_size", "output_dtype", "saturate"], [], [], "QuantizeLinear DequantizeLinear"),
    (["interleaved", "num_heads", "rotary_embedding_dim"], [], [], "RotaryEmbedding"),
    (
      ["is_causal", "kv_num_heads", "q_num_heads", "left_window_size", "right_window_size", "qk_matmul_output_mode"],
      [],
      ["scale", "softcap"], "Attention"
    ),
  ]

  private static let unary = Set(
    """
    Softsign Sin Cos Tan Sinh Cosh Asin Acos Atan Asinh Acosh Atanh IsNaN NonZero DynamicQuantizeLinear Swish Shrink ArgMin \
    ThresholdedRelu EyeLike MeanVarianceNormalization Relu Sigmoid Tanh Softplus Mish HardSwish HardSigmoid Erf Selu Identity \
    Sqrt Exp Log Neg Abs Reciprocal Floor Ceil Round Sign Not GlobalAveragePool GlobalMaxPool MaxPool AveragePool LpPool LRN \
    Softmax LogSoftmax LeakyRelu Elu Celu Gelu ArgMax Flatten Transpose DepthToSpace SpaceToDepth
    """.split(separator: " ").map(String.init))

  private static let later: [(name: String, attributes: [(String, Kind)])] =
    plain.flatMap { family in
      let attributes: [(String, Kind)] =
        family.ints.map { ($0, .int) } + family.lists.map { ($0, .ints) } + family.floats.map { ($0, .float) }
      return family.names.split(separator: " ").map { (String($0), attributes) }
    } + [
      ("ScatterND", [("reduction", .string(["none", "add", "mul", "min", "max"]))]),
      ("ScatterElements", [("axis", .int), ("reduction", .string(["none", "add", "mul", "min", "max"]))]),
      (
        "GridSample",
        [
          ("mode", .string(["linear", "nearest", "cubic"])), ("align_corners", .int),
          ("padding_mode", .string(["zeros", "border", "reflection"])),
        ]
      ),
      (
        "Einsum",
        [
          (
            "equation",
            .string(["nchw,nchw->nc", "nchw->nwhc", "...ij,...jk->...ik", "ii", "ncij,jk", "abcd,ad->bc", "->"])
          )
        ]
      ),
    ]

  private static let operators: [(name: String, attributes: [(String, Kind)])] =
    [
      ("Conv", window + [("group", .int)]),
      ("ConvTranspose", window + [("group", .int), ("output_shape", .ints), ("output_padding", .ints)]),
      ("MaxPool", pool), ("AveragePool", pool), ("LpPool", pool), ("Resize", resize), ("Upsample", resize),
      ("BatchNormalization", [("epsilon", .float)]), ("InstanceNormalization", [("epsilon", .float)]),
      ("GroupNormalization", [("num_groups", .int), ("epsilon", .float)]),
      ("LayerNormalization", [("axis", .int), ("epsilon", .float)]),
      ("LRN", [("size", .int), ("alpha", .float), ("beta", .float), ("bias", .float)]),
      ("LpNormalization", [("axis", .int), ("p", .int)]),
      ("Clip", [("min", .float), ("max", .float)]), ("Softmax", [("axis", .int)]), ("LogSoftmax", [("axis", .int)]),
      ("LeakyRelu", [("alpha", .float)]), ("Elu", [("alpha", .float)]), ("Celu", [("alpha", .float)]),
      ("Gelu", [("approximate", .string(["none", "tanh"]))]), ("ArgMax", [("axis", .int), ("keepdims", .int)]),
      ("Constant", [("value", .tensor), ("value_int", .int), ("value_ints", .ints), ("value_float", .float)]),
      ("ConstantOfShape", [("value", .tensor)]), ("Shape", [("start", .int), ("end", .int)]), ("Cast", [("to", .int)]),
      ("Reshape", [("allowzero", .int)]), ("Flatten", [("axis", .int)]), ("Transpose", [("perm", .ints)]),
      ("Squeeze", [("axes", .ints)]), ("Unsqueeze", [("axes", .ints)]), ("Concat", [("axis", .int)]),
      ("Split", [("axis", .int), ("split", .ints)]),
      ("Slice", [("starts", .ints), ("ends", .ints), ("axes", .ints)]),
      ("Pad", [("pads", .ints), ("value", .float), ("mode", .string(["constant", "reflect", "edge", "wrap"]))]),
      ("Gather", [("axis", .int)]), ("DepthToSpace", [("blocksize", .int), ("mode", .string(["DCR", "CRD"]))]),
      ("SpaceToDepth", [("blocksize", .int)]),
      ("Gemm", [("transA", .int), ("transB", .int), ("alpha", .float), ("beta", .float)]),
    ]
    + [
      "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceSumSquare",
      "ReduceLogSumExp",
    ].map { ($0, reduction) }
    + [
      "Relu", "Sigmoid", "Tanh", "Softplus", "Mish", "HardSwish", "HardSigmoid", "Erf", "Selu", "PRelu", "Identity",
      "Dropout", "Add", "Sub", "Mul", "Div", "Pow", "Min", "Max", "Sum", "Mean", "Sqrt", "Exp", "Log", "Neg", "Abs",
      "Reciprocal", "Floor", "Ceil", "Round", "Sign", "Not", "And", "Or", "Xor", "Equal", "Less", "Greater", "Where",
      "Range", "Size", "CastLike", "Expand", "Tile", "MatMul", "GlobalAveragePool", "GlobalMaxPool",
    ].map { ($0, []) }

  private var nodes: [Wire] = []
  private var weights: [Wire] = []
  private var values = ["x"]

  static func model(_ choices: inout Choices) -> Wire {
    var writer = GraphWriter()
    let opset = choices.of([7, 9, 10, 11, 12, 13, 17, 18, 20, 21, 23, 24, 28])
    let size = choices.of([[1, 3, 8, 8], [1, 1, 5, 9], [1, 4, 6, 4], [1, 12, 7, 7], [0, 3, 8, 8]])
    if choices.below(2) == 0 { writer.convolve(size[1]) }
    while !choices.isOver && writer.nodes.count < 12 { writer.addNode(&choices) }
    let last = writer.values[writer.values.count - 1]
    writer.nodes.append(.node("end", "Flatten", [last], ["y"]))
    return .model(
      .graph(writer.nodes, inputs: [.value("x", size)], outputs: [.value("y")], initializers: writer.weights),
      opset: opset)
  }

  /// A usual convolution, so that there is a layer to explain.
  private mutating func convolve(_ channels: Int) {
    let raw = (0..<4 * channels * 9).flatMap { place -> [UInt8] in [UInt8(place & 0x7f), 0, 0x80, 0x3e] }
    weights.append(.tensor("conv.w", [4, channels, 3, 3], raw: raw))
    let pads = Wire().string(1, "pads").int(20, 7).ints(8, [1, 1, 1, 1])
    nodes.append(.node("conv", "Conv", ["x", "conv.w"], ["conv.y"], attributes: [pads]))
    values.append("conv.y")
  }

  private mutating func addNode(_ choices: inout Choices) {
    let (name, kinds) = choices.of(choices.below(2) == 0 ? Self.later : Self.operators)
    var attributes: [Wire] = []
    for (name, kind) in kinds where choices.below(2) == 0 { attributes.append(attribute(name, kind, &choices)) }
    // The value made last comes first most of the time, so that networks grow deep.
    var inputs = [choices.below(8) == 0 ? choices.of(values) : values[values.count - 1]]
    // One input most of the time where an operator takes no more: a node with others is refused at once.
    let isUnary = Self.unary.contains(name) && choices.below(16) > 0
    for _ in 0..<(isUnary ? 0 : choices.of([0, 1, 2, 3, 4])) {
      switch choices.below(4) {
      case 0: inputs.append(choices.of(values))
      case 1: inputs.append("")
      default: inputs.append(constant(&choices))
      }
    }
    if choices.below(16) == 0 { inputs[0] = constant(&choices) }
    let outputs = (0..<choices.of([1, 1, 1, 2, 3])).map { "v\(nodes.count).\($0)" }
    nodes.append(.node("n\(nodes.count)", name, inputs, outputs, attributes: attributes))
    values += outputs
  }

  /// A weight of a new name.
  private mutating func constant(_ choices: inout Choices) -> String {
    let name = "w\(weights.count)"
    weights.append(tensor(name, &choices))
    return name
  }

  private func tensor(_ name: String, _ choices: inout Choices) -> Wire {
    if choices.below(2) == 0 {
      // Truth, and the zero points of what is quantised.
      if choices.below(8) == 0 {
        return .tensor(name, type: choices.of([2, 3, 9]), [], raw: [UInt8(choices.below(256))])
      }
      let numbers = choices.ints([1, 2, 3, 4, 8, 0])
      let shape = choices.below(8) == 0 && numbers.count == 1 ? [] : [numbers.count]
      return .tensor(name, type: 7, shape, raw: numbers.flatMap { [UInt8](littleEndian: $0) })
    }
    var shape = choices.of([
      [4, 4, 3, 3], [4, 1, 3, 3], [4, 4, 1, 1], [4], [1], [], [4, 4, 3], [8, 8], [1, 4, 1, 1], [3], [0],
    ])
    if choices.below(4) == 0 { shape = choices.ints([1, 2, 3, 4]).map { abs($0 % 7) } }
    let number = choices.float()
    let count = shape.reduce(1, *)
    return .tensor(
      name, shape, raw: (0..<count).flatMap { _ in [UInt8](littleEndian: Int(number.bitPattern)).prefix(4) })
  }

  private func attribute(_ name: String, _ kind: Kind, _ choices: inout Choices) -> Wire {
    let start = Wire().string(1, name)
    switch kind {
    case .int: return start.int(20, 2).int(3, choices.int())
    case .ints: return start.int(20, 7).ints(8, choices.ints([2, 4, 1, 3, 8, 0]))
    case .float: return start.int(20, 1).fixed32(2, choices.float().bitPattern)
    case .floats: return (0..<4).reduce(start.int(20, 6)) { wire, _ in wire.fixed32(7, choices.float().bitPattern) }
    case .string(let names): return start.int(20, 3).string(4, choices.of(names))
    case .tensor: return start.int(20, 4).message(5, tensor("t", &choices))
    }
  }
}

extension Wire {
  fileprivate func ints(_ field: Int, _ values: [Int]) -> Wire { values.reduce(self) { $0.int(field, $1) } }
}

extension [UInt8] {
  fileprivate init(littleEndian number: Int) { self = Swift.withUnsafeBytes(of: number.littleEndian) { [UInt8]($0) } }
}
