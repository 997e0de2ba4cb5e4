import ModelFormats

/// One kind of node of a network: what shape it gives, its value, and its vector-Jacobian product with respect to its inputs.
///
/// Forward and backward stand in one file. There are no gradients of weights: explanations do not need them.
///
/// Whatever another part wants to know of an operation, the operation says itself, in that file: nobody looks at its type. Each such
/// question has a default that is always safe: no closed form is used, nothing is fused.
protocol Operation: Sendable {
  /// PyTorch's name for the module, or the function's (`Conv2d`, `ReLU`, `add`).
  var kind: String { get }

  /// The number of trained parameters; buffers such as a batch norm's statistics do not count.
  var parameterCount: Int { get }

  /// The operation with other parameters in the place of its own; itself where it has none.
  ///
  /// - Parameter replace: called for one parameter after the other, in an order that is always the same; gives a tensor of the same shape.
  func replacingParameters(_ replace: (Tensor) -> Tensor) -> any Operation

  /// Whether a constant among the inputs can be weights: what values are multiplied by, or added to them or joined with them. Bounds,
  /// exponents, scales of whole numbers and places are none.
  var takesWeights: Bool { get }

  /// What `backward` needs beside the shapes: whatever is not named may be fused away or freed early.
  var keeps: Kept { get }

  /// The output's shape; every complaint about shapes is made here, before anything is computed.
  ///
  /// - Throws: `InputError` without a subject.
  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape

  /// The output of one pass. The inputs have shapes that `outputShape` accepted.
  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor

  /// The gradient of a score with respect to each input, from `dy`, its gradient with respect to the output.
  ///
  /// - Parameter wanted: by input, whether its gradient is of use; nil may be given for the others.
  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?]

  /// Multiply-adds of one pass over inputs of these shapes; 0 for operations that do not multiply by weights.
  func multiplyAdds(of inputs: [Shape]) -> Int

  // MARK: What methods ask

  /// Whether the output is affine in all inputs together. Closed forms of scores build on it.
  var isAffine: Bool { get }

  /// Whether the output is affine in the input at `position` where constants stand for all others.
  func isAffine(inInput position: Int) -> Bool

  /// Whether the output is affine piece by piece in all inputs together, so that second derivatives vanish almost everywhere.
  var isPiecewiseAffine: Bool { get }

  /// Whether the slope jumps somewhere, as a ReLU's does at 0: rounding decides which side an input is on, and what gradient passes.
  var hasKinks: Bool { get }

  /// Whether each position of the output comes from that position of the input alone.
  var keepsPositions: Bool { get }

  /// Whether the output is each channel's mean over all positions of an input of this shape, a feature map.
  func averagesPositions(of input: Shape) -> Bool

  /// Whether gradients pass as if this were not there, for it has none of its own: rounding to the numbers of a narrow type.
  var passesGradientsStraight: Bool { get }

  /// Whether this is a ReLU, with or without a bound above: guided backpropagation passes other gradients through it.
  var isRectifier: Bool { get }

  /// What is added to each channel, C values; nil for nothing. FullGrad's biases.
  var channelBias: Tensor? { get }

  // MARK: Where positions go

  /// Where the rows and columns of the picture lie in the output. Asked only where some input holds any.
  ///
  /// - Parameters:
  ///   - inputs: nil for constants.
  ///   - shapes: of all inputs.
  /// - Returns: nil where that cannot be followed.
  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout?

  /// Whether places of the picture are pooled, or nothing is computed at all: such a value is not the layer to explain where nobody
  /// names one.
  func onlyMovesOrPools(_ inputs: [Layout], _ shapes: [Shape]) -> Bool

  /// What the output's needs ask of each input: everything, where nothing else is sure.
  ///
  /// - Parameters:
  ///   - needs: of the output; not empty.
  ///   - inputs: nil for constants.
  func needs(_ needs: TokenNeeds, of inputs: [Layout?], _ shapes: [Shape]) -> [TokenNeeds]

  /// What this can be in an attention; nil where it is no part of one.
  var attentionPart: AttentionPart? { get }

  // MARK: What graphs and models ask

  /// Whether the output only moves, picks or pools what was found before: no layer to explain where nobody names one.
  var onlyMovesOrPools: Bool { get }

  /// What this makes of logits at the end of a network.
  ///
  /// - Parameter input: the shape of one image's logits; nil where it is not known.
  func finalActivation(of input: Shape?) -> FinalActivation

  /// Whether an image's shares, from 0 to 1, come through in their logical order, moved, held between bounds or quantised and no more: a
  /// final activation is looked for before it.
  ///
  /// - Parameters:
  ///   - input: the shape of one image's values; nil where it is not known.
  ///   - output: the shape of what comes out.
  func passesShares(from input: Shape?, to output: Shape?) -> Bool

  /// Whether values are only brought to the numbers of a narrow type, or back.
  var isQuantization: Bool { get }

  /// What this is in an activation that is written out; nil where it takes part in none.
  var term: ElementaryTerm? { get }

  /// Between which bounds the output lies where each input lies between its own.
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float>

  /// By position among the inputs, those that are bound to constants.
  var constants: [Int: Tensor] { get }

  /// The operation as what writes into memory that it is given; nil where it finds memory of its own.
  var writer: (any Writer)? { get }

  /// What the operation can be in a step that joins several.
  var fusionPart: FusionPart? { get }

  /// What this does where it only moves values; nil where it does more, or where no strides tell it.
  func movement(_ input: Shape, _ output: Shape) -> Movement?

  /// The operation that does to feature maps N C H W what this does to the same values as N H W C; nil where there is none.
  ///
  /// - Parameter inputs: of rank 4, N H W C.
  func turned(_ inputs: [Shape]) -> (any Operation)?

  /// The weights that rows, the last axis of the first input, are multiplied by where these constants are bound; nil for other products.
  func rowWeight(_ constants: [Int: Tensor]) -> ConvolutionWeight?

  /// The weights that a forward pass multiplies by, and the order that it wants them in; nil where that is the plain one.
  func packing(_ input: Shape, _ output: Shape) -> (weight: ConvolutionWeight, form: ConvolutionWeight.Form)?

  /// The same for a backward pass.
  func gradientPacking(_ input: Shape, _ output: Shape) -> (weight: ConvolutionWeight, form: ConvolutionWeight.Form)?
}

extension Operation {
  var parameterCount: Int { 0 }
  func replacingParameters(_ replace: (Tensor) -> Tensor) -> any Operation { self }
  var takesWeights: Bool { false }
  var keeps: Kept { [] }
  func multiplyAdds(of inputs: [Shape]) -> Int { 0 }

  var isAffine: Bool { false }
  func isAffine(inInput position: Int) -> Bool { false }
  var isPiecewiseAffine: Bool { isAffine }
  var hasKinks: Bool { isPiecewiseAffine && !isAffine }
  var keepsPositions: Bool { false }
  func averagesPositions(of input: Shape) -> Bool { false }
  var passesGradientsStraight: Bool { false }
  var isRectifier: Bool { false }
  var channelBias: Tensor? { nil }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? { nil }
  func needs(_ needs: TokenNeeds, of inputs: [Layout?], _ shapes: [Shape]) -> [TokenNeeds] {
    inputs.map { _ in needs.everywhere }
  }

  var attentionPart: AttentionPart? { nil }
  var onlyMovesOrPools: Bool { false }
  func finalActivation(of input: Shape?) -> FinalActivation { .none }
  func passesShares(from input: Shape?, to output: Shape?) -> Bool { false }
  var isQuantization: Bool { false }
  var term: ElementaryTerm? { nil }
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { .everything }
  func onlyMovesOrPools(_ inputs: [Layout], _ shapes: [Shape]) -> Bool { onlyMovesOrPools }
  var constants: [Int: Tensor] { [:] }
  var writer: (any Writer)? { nil }
  var fusionPart: FusionPart? { nil }
  func movement(_ input: Shape, _ output: Shape) -> Movement? { nil }
  func turned(_ inputs: [Shape]) -> (any Operation)? { nil }
  func rowWeight(_ constants: [Int: Tensor]) -> ConvolutionWeight? { nil }
  func packing(_ input: Shape, _ output: Shape) -> (weight: ConvolutionWeight, form: ConvolutionWeight.Form)? { nil }
  func gradientPacking(_ input: Shape, _ output: Shape) -> (weight: ConvolutionWeight, form: ConvolutionWeight.Form)? {
    nil
  }

  /// The output's shape for inputs whose shapes were checked when the pass was planned.
  func checkedShape(of inputs: [Shape]) -> Shape {
    guard let shape = try? outputShape(of: inputs) else { preconditionFailure("shapes that were not checked") }
    return shape
  }
}
