import ModelFormats

/// PyTorch's `Linear`: y = x·Wᵀ + b along the last axis. Weight K × C (out × in), input … × C, output … × K.
struct Linear: Operation, WritingOperation {
  let kind = "Linear"
  let weight: Tensor
  let bias: Tensor?
  private let rowWeight: ConvolutionWeight
  var isAffine: Bool { true }

  /// - Precondition: `weight` has rank 2, `bias` (if any) K elements.
  init(weight: Tensor, bias: Tensor? = nil) {
    precondition(weight.shape.rank == 2, "weights of an impossible shape")
    precondition(bias.map { $0.count == weight.shape[0] } ?? true, "a bias of another length than the output")
    (self.weight, self.bias) = (weight, bias)
    rowWeight = ConvolutionWeight(matrix: weight, isTurned: false)
  }

  private var rows: Conv2d { Conv2d(rowsBy: rowWeight, bias: bias, kind: kind) }
  var fusionPart: FusionPart? { .rows(rows) }

  func gradientPacking(_ input: Shape, _ output: Shape) -> (weight: ConvolutionWeight, form: ConvolutionWeight.Form)? {
    input.manyRows == nil ? nil : (rowWeight, .gradientPanels)
  }

  func packing(_ input: Shape, _ output: Shape) -> (weight: ConvolutionWeight, form: ConvolutionWeight.Form)? {
    input.manyRows == nil ? nil : (rowWeight, .panels)
  }

  var parameterCount: Int { weight.count + (bias?.count ?? 0) }

  func replacingParameters(_ replace: (Tensor) -> Tensor) -> any Operation {
    Linear(weight: replace(weight), bias: bias.map(replace))
  }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    guard weight.count > 0 else { throw InputError("", "has weights of the empty shape \(weight.shape)") }
    // Rank 4 is stored channels-last, where the last logical axis is not the innermost.
    guard let last = inputs[0].dimensions.last, last == weight.shape[1], inputs[0].rank != 4 else {
      throw InputError("", "takes vectors of \(weight.shape[1]) numbers, not the shape \(inputs[0])")
    }
    return Shape(Array(inputs[0].dimensions.dropLast()) + [weight.shape[0]])
  }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    inputs[0]?.contracted(output.rank - 1, to: weight.shape[0])
  }

  func needs(_ needs: TokenNeeds, of inputs: [Layout?], _ shapes: [Shape]) -> [TokenNeeds] {
    [inputs[0]?.tokenAxis == shapes[0].rank - 1 ? needs.everywhere : needs.ofAllFeatures]
  }

  func forward(_ inputs: [Tensor], to output: UnsafeMutablePointer<Float>, _ context: ExecutionContext) {
    let (k, c) = (weight.shape[0], weight.shape[1])
    let rows = inputs[0].count / max(c, 1)
    let epilogue = ConvolutionEpilogue(shift: bias?.elements)
    parallelFor(k, blockSize: 256, threads: context.threads) { outputs, _ in
      let first = outputs.lowerBound
      GEMM.multiply(
        transposeB: true, m: rows, n: outputs.count, k: c, inputs[0].elements, lda: c,
        weight.elements + first * c, ldb: c, output + first, ldc: k)
      epilogue.finish(
        output + first, rows: rows, count: outputs.count, stride: k, first: first, offset: 0, context.kernels)
    }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let (k, c) = (weight.shape[0], weight.shape[1])
    if saved.inputShapes[0].manyRows != nil { return [rows.rowGradient(dy, saved.inputShapes[0], context)] }
    if dy.count == k { return [gradientOfOne(dy, saved.inputShapes[0], context)] }
    let gradient = Tensor(saved.inputShapes[0]) { target in
      parallelFor(c, blockSize: 256, threads: context.threads) { columns, _ in
        let first = columns.lowerBound
        GEMM.multiply(
          m: dy.count / max(k, 1), n: columns.count, k: k, dy.elements, lda: k,
          weight.elements + first, ldb: c, target + first, ldc: c)
      }
    }
    return [gradient]
  }

  /// The gradient of a single vector is bound by reading the weights: rows whose gradient is zero, as a ReLU leaves many, are passed
  /// over.
  private func gradientOfOne(_ dy: Tensor, _ shape: Shape, _ context: ExecutionContext) -> Tensor {
    let c = weight.shape[1]
    return Tensor(shape) { target in
      parallelFor(c, blockSize: 4096, threads: context.threads) { columns, _ in
        let first = columns.lowerBound
        (target + first).update(repeating: 0, count: columns.count)
        for row in 0..<dy.count where dy.elements[row] != 0 {
          GEMM.addScaled(
            weight.elements + row * c + first, by: dy.elements[row], count: columns.count,
            to: target + first)
        }
      }
    }
  }

  func multiplyAdds(of inputs: [Shape]) -> Int { inputs[0].count * weight.shape[0] }
}
