import ModelFormats

/// What each ONNX operator becomes: a line an operator here, a function for those that are more than their operation.
///
/// A converter gives the node's outputs in order.
enum ONNXConverters {
  typealias Converter = @Sendable (ONNXNodeContext) throws(InputError) -> [ONNXOperand]

  /// The converter of a node's operator; nil where it is not supported.
  static func converter(_ node: ONNXNode) -> Converter? {
    ["", "ai.onnx"].contains(node.domain) ? all[node.opType] : nil
  }

  /// By operator; of a family, the functions stand in the file of its name.
  private static let all: [String: Converter] = [
    // Activations
    "Relu": unary(ReLU()),
    "Sigmoid": unary(Sigmoid()),
    "Tanh": unary(Tanh()),
    "Softplus": unary(Softplus()),
    "Softsign": unary(Softsign()),
    "Mish": unary(Mish()),
    "HardSwish": unary(HardSwish()),
    "Erf": unary(Erf()),
    "Identity": unary(Identity()),
    "LeakyRelu": leakyReLU,
    "PRelu": pReLU,
    "Elu": elu,
    "Celu": celu,
    "Selu": selu,
    "HardSigmoid": hardSigmoid,
    "Gelu": gelu,
    "Clip": clip,
    "Softmax": softmax,
    "LogSoftmax": logSoftmax,
    "Dropout": dropout,
    // Arithmetic and comparisons
    "Add": direct(Add()),
    "Sub": direct(Sub()),
    "Mul": direct(Mul()),
    "Div": division,
    "Pow": direct(Pow()),
    "Min": direct(Min()),
    "Max": direct(Max()),
    "Sum": direct(Sum()),
    "Mean": direct(Mean()),
    "Sqrt": unary(Sqrt()),
    "Exp": unary(Exp()),
    "Log": unary(Log()),
    "Neg": unary(Neg()),
    "Abs": unary(Abs()),
    "Reciprocal": unary(Reciprocal()),
    "Floor": unary(Floor()),
    "Ceil": unary(Ceil()),
    "Round": unary(Round()),
    "Sign": unary(Sign()),
    "Not": unary(Not()),
    "And": direct(And()),
    "Or": direct(Or()),
    "Xor": direct(Xor()),
    "Equal": direct(Equal()),
    "Less": direct(Less()),
    "LessOrEqual": direct(LessOrEqual()),
    "Greater": direct(Greater()),
    "GreaterOrEqual": direct(GreaterOrEqual()),
    "Where": direct(Where()),
    // Constants
    "Constant": constant,
    "ConstantOfShape": constantOfShape,
    "Range": range,
    "Shape": shape,
    "Size": size,
    "Cast": cast,
    "CastLike": unary(Identity()),
    // Convolutions
    "Conv": convolution,
    "ConvTranspose": transposedConvolution,
    // Matrix products
    "MatMul": direct(MatMul()),
    "Gemm": gemm,
    // Movements
    "Reshape": reshape,
    "Flatten": flatten,
    "Transpose": transpose,
    "Squeeze": squeeze,
    "Unsqueeze": unsqueeze,
    "Concat": concat,
    "Split": split,
    "Slice": slice,
    "Pad": pad,
    "Expand": expand,
    "Tile": tile,
    "Gather": gather,
    "DepthToSpace": depthToSpace,
    "SpaceToDepth": spaceToDepth,
    // Normalizations
    "BatchNormalization": batchNormalization,
    "InstanceNormalization": instanceNormalization,
    "GroupNormalization": groupNormalization,
    "LayerNormalization": layerNormalization,
    "LRN": localResponseNormalization,
    "LpNormalization": lpNormalization,
    // Poolings
    "MaxPool": maxPool,
    "AveragePool": averagePool,
    "LpPool": lpPool,
    "GlobalAveragePool": unary(AdaptiveAvgPool2d()),
    "GlobalMaxPool": unary(GlobalMaxPool()),
    // Reductions
    "ReduceMean": reduction { ReduceMean($0) },
    "ReduceSum": reduction { ReduceSum($0) },
    "ReduceMax": reduction { ReduceMax($0) },
    "ReduceMin": reduction { ReduceMin($0) },
    "ReduceProd": reduction { ReduceProd($0) },
    "ReduceL1": reduction { ReduceL1($0) },
    "ReduceL2": reduction { ReduceL2($0) },
    "ReduceSumSquare": reduction { ReduceSumSquare($0) },
    "ReduceLogSumExp": reduction { ReduceLogSumExp($0) },
    "ArgMax": argMax,
    // Resizing
    "Resize": resize,
    "Upsample": upsample,
  ]

  /// A converter of one input and an operation without choices.
  private static func unary(_ operation: any Operation) -> Converter {
    { (node) throws(InputError) in [try node.emit(operation, try node.operand(0))] }
  }

  /// A converter that hands all inputs to one operation.
  private static func direct(_ operation: any Operation) -> Converter {
    { (node) throws(InputError) in [try node.emit(operation, node.present)] }
  }
}
