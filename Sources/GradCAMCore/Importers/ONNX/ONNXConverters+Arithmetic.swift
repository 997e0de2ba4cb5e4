import ModelFormats

extension ONNXConverters {
  static let arithmetic: [String: Converter] = [
    "Add": direct(Add()), "Sub": direct(Sub()), "Mul": direct(Mul()), "Pow": direct(Pow()),
    "Div": { (node) throws(InputError) in
      let result = try node.emit(Div(), node.present)
      guard case .constant(let quotient) = result, quotient.isInteger else { return [result] }
      // Whole numbers are divided as whole numbers.
      return [.constant(ONNXConstant(Tensor(quotient.integers.map(Float.init), quotient.shape), isInteger: true))]
    },
    "Min": direct(Min()), "Max": direct(Max()), "Sum": direct(Sum()), "Mean": direct(Mean()),
    "Sqrt": unary(Sqrt()), "Exp": unary(Exp()), "Log": unary(Log()), "Neg": unary(Neg()), "Abs": unary(Abs()),
    "Reciprocal": unary(Reciprocal()), "Floor": unary(Floor()), "Ceil": unary(Ceil()), "Round": unary(Round()),
    "Sign": unary(Sign()),
    "Not": unary(Not()), "And": direct(And()), "Or": direct(Or()), "Xor": direct(Xor()),
    "Equal": direct(Equal()), "Less": direct(Less()), "LessOrEqual": direct(LessOrEqual()),
    "Greater": direct(Greater()), "GreaterOrEqual": direct(GreaterOrEqual()), "Where": direct(Where()),
  ]

  static let reductions: [String: Converter] = [
    "ReduceMean": reduction { ReduceMean(reduced: $0) }, "ReduceSum": reduction { ReduceSum(reduced: $0) },
    "ReduceMax": reduction { ReduceMax(reduced: $0) }, "ReduceMin": reduction { ReduceMin(reduced: $0) },
    "ReduceProd": reduction { ReduceProd(reduced: $0) }, "ReduceL1": reduction { ReduceL1(reduced: $0) },
    "ReduceL2": reduction { ReduceL2(reduced: $0) }, "ReduceSumSquare": reduction { ReduceSumSquare(reduced: $0) },
    "ReduceLogSumExp": reduction { ReduceLogSumExp(reduced: $0) },
    "ArgMax": { (node) throws(InputError) in
      let keeps = try node.int("keepdims", default: 1) != 0
      return [
        try node.emit(ArgMax(axis: try node.int("axis", default: 0), keepsDimensions: keeps), try node.operand(0))
      ]
    },
  ]

  private static func reduction(_ make: @escaping @Sendable (ReducedAxes) -> any Operation) -> Converter {
    { (node) throws(InputError) in
      let operand = try node.operand(0)
      let axes = try node.intsOrInput("axes", input: 1) ?? []
      if axes.isEmpty, try node.int("noop_with_empty_axes", default: 0) != 0 { return [operand] }
      let keeps = try node.int("keepdims", default: 1) != 0
      return [try node.emit(make(ReducedAxes(axes.isEmpty ? nil : axes, keepsDimensions: keeps)), operand)]
    }
  }
}
