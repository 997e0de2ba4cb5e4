import ModelFormats

/// What each ONNX operator becomes: a line an operator here, and a function where that takes more than a line.
///
/// A converter gives the node's outputs in order.
enum ONNXConverters {
  typealias Converter = @Sendable (ONNXNodeContext) throws(InputError) -> [ONNXOperand]

  /// The converter of a node's operator; nil where it is not supported.
  static func converter(_ node: ONNXNode) -> Converter? {
    ["", "ai.onnx"].contains(node.domain) ? all[node.opType] : nil
  }

  /// The operators that are converted.
  static var operators: [String] { Array(all.keys) }

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
    "LeakyRelu": chosen { (node) throws(InputError) in LeakyReLU(slope: try node.float("alpha", default: 0.01)) },
    "PRelu": chosen { (node) throws(InputError) in PReLU(slope: try node.constant(1).tensor) },
    "Elu": chosen { (node) throws(InputError) in ELU(alpha: try node.float("alpha", default: 1)) },
    "Celu": chosen { (node) throws(InputError) in CELU(alpha: try node.float("alpha", default: 1)) },
    "Selu": chosen { (node) throws(InputError) in
      SELU(alpha: try node.float("alpha", default: 1.6732632), scale: try node.float("gamma", default: 1.050701))
    },
    "HardSigmoid": chosen { (node) throws(InputError) in
      HardSigmoid(alpha: try node.float("alpha", default: 0.2), beta: try node.float("beta", default: 0.5))
    },
    "Gelu": chosen { (node) throws(InputError) in
      GELU(approximate: try node.choice("approximate", default: .none))
    },
    "Swish": chosen(swish),
    "SwiGLU": swishGate,
    "ThresholdedRelu": chosen { (node) throws(InputError) in
      Threshold(threshold: try node.float("alpha", default: 1))
    },
    "Shrink": chosen { (node) throws(InputError) in
      Shrink(lambda: try node.float("lambd", default: 0.5), bias: try node.float("bias", default: 0))
    },
    "Clip": chosen(clip),
    "Softmax": softmax { Softmax(axis: $0) },
    "LogSoftmax": softmax { LogSoftmax(axis: $0) },
    "Dropout": chosen(dropout),
    // Arithmetic and comparisons
    "Add": direct(Add()),
    "Sub": direct(Sub()),
    "Mul": direct(Mul()),
    "Div": division,
    "Pow": power,
    "Min": extremum { Min(ties: $0) },
    "Max": extremum { Max(ties: $0) },
    "Sum": direct(Sum()),
    "Mean": direct(Mean()),
    "Sqrt": unary(Sqrt()),
    "Exp": unary(Exp()),
    "Log": unary(Log()),
    "Neg": unary(Neg()),
    "Abs": unary(Abs()),
    "Reciprocal": unary(Reciprocal()),
    "Sin": unary(Sin()),
    "Cos": unary(Cos()),
    "Tan": unary(Tan()),
    "Sinh": unary(Sinh()),
    "Cosh": unary(Cosh()),
    "Asin": unary(Asin()),
    "Acos": unary(Acos()),
    "Atan": unary(Atan()),
    "Asinh": unary(Asinh()),
    "Acosh": unary(Acosh()),
    "Atanh": unary(Atanh()),
    "Mod": modulus,
    "CumSum": chosen(cumulativeSum),
    "IsNaN": truth(IsNaN()),
    "IsInf": isInfinite,
    "Floor": unary(Floor()),
    "Ceil": unary(Ceil()),
    "Round": unary(Round()),
    "Sign": unary(Sign()),
    "Not": truth(Not()),
    "And": truth(And()),
    "Or": truth(Or()),
    "Xor": truth(Xor()),
    "Equal": truth(Equal()),
    "Less": truth(Less()),
    "LessOrEqual": truth(LessOrEqual()),
    "Greater": truth(Greater()),
    "GreaterOrEqual": truth(GreaterOrEqual()),
    "Where": direct(Where()),
    // Constants
    "Constant": constant,
    "ConstantOfShape": constantOfShape,
    "Range": range,
    "Shape": shape,
    "Size": size,
    "Cast": cast,
    "CastLike": castLike,
    "NonZero": nonZero,
    "EyeLike": eyeLike,
    "OneHot": oneHot,
    "Unique": unique,
    // Convolutions
    "Conv": convolution,
    "ConvTranspose": transposedConvolution,
    // Matrix products
    "MatMul": direct(MatMul()),
    "Gemm": gemm,
    "Einsum": einsum,
    // Attention
    "Attention": attention,
    "RotaryEmbedding": rotaryEmbedding,
    // Recurrent networks
    "LSTM": lstm,
    "GRU": gru,
    "RNN": rnn,
    // Movements
    "Reshape": reshape,
    "Flatten": flatten,
    "Transpose": chosen { (node) throws(InputError) in Transpose(try node.ints("perm")) },
    "Squeeze": squeeze,
    "Unsqueeze": chosen(unsqueeze),
    "Concat": concat,
    "Split": split,
    "Slice": chosen(slice),
    "Pad": chosen(pad),
    "Expand": chosen { (node) throws(InputError) in Expand(try node.constant(1).integers) },
    "Tile": chosen { (node) throws(InputError) in Tile(try node.constant(1).integers) },
    "Gather": gather,
    "Compress": compress,
    "GatherND": gatherND,
    "GatherElements": gatherElements,
    "ScatterND": scatterND,
    "ScatterElements": scatterElements,
    "Scatter": scatterElements,
    "Trilu": triangle,
    "Col2Im": col2im,
    "DepthToSpace": chosen(depthToSpace),
    "SpaceToDepth": chosen(spaceToDepth),
    // Normalizations
    "BatchNormalization": batchNormalization,
    "InstanceNormalization": chosen(instanceNormalization),
    "GroupNormalization": groupNormalization,
    "LayerNormalization": chosen(layerNormalization),
    "RMSNormalization": rmsNormalization,
    "MeanVarianceNormalization": meanVarianceNormalization,
    "LRN": chosen(localResponseNormalization),
    "LpNormalization": chosen(lpNormalization),
    // Poolings
    "MaxPool": maxPool,
    "AveragePool": averagePool,
    "LpPool": lpPool,
    "GlobalAveragePool": globalAveragePool,
    "GlobalMaxPool": globalMaxPool,
    // Quantization
    "QuantizeLinear": quantize,
    "DequantizeLinear": dequantize,
    "DynamicQuantizeLinear": dynamicQuantize,
    // Reductions
    "ReduceMean": reduction { ReduceMean(reduced: $0) },
    "ReduceSum": reduction { ReduceSum(reduced: $0) },
    "ReduceMax": extremumReduction { ReduceMax(reduced: $0, ties: $1) },
    "ReduceMin": extremumReduction { ReduceMin(reduced: $0, ties: $1) },
    "ReduceProd": reduction { ReduceProd(reduced: $0) },
    "ReduceL1": reduction { ReduceL1(reduced: $0) },
    "ReduceL2": reduction { ReduceL2(reduced: $0) },
    "ReduceSumSquare": reduction { ReduceSumSquare(reduced: $0) },
    "ReduceLogSumExp": reduction { ReduceLogSumExp(reduced: $0) },
    "ReduceLogSum": logarithmOfSum,
    "ArgMax": chosen(argExtremum(findsLeast: false)),
    "ArgMin": chosen(argExtremum(findsLeast: true)),
    "TopK": topK,
    // Resizing
    "GridSample": gridSample,
    "AffineGrid": affineGrid,
    "Resize": resize,
    "Upsample": upsample,
  ]

  /// A converter of one input and an operation without choices.
  private static func unary(_ operation: any Operation) -> Converter {
    { (node) throws(InputError) in [try node.emit(operation, try node.operand(0))] }
  }

  /// A converter of one input and the operation that the node's attributes choose.
  private static func chosen(
    _ make: @escaping @Sendable (ONNXNodeContext) throws(InputError) -> any Operation
  ) -> Converter {
    { (node) throws(InputError) in [try node.emit(try make(node), try node.operand(0))] }
  }

  /// A converter that hands all inputs to one operation.
  private static func direct(_ operation: any Operation) -> Converter {
    { (node) throws(InputError) in [try node.emit(operation, node.present)] }
  }
}
