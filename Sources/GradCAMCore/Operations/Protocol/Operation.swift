public import ModelFormats

/// One kind of node of a network: what shape it gives, its value, and its vector-Jacobian product with respect to its inputs.
///
/// Forward and backward stand in one file. There are no gradients of weights: explanations do not need them.
public protocol Operation: Sendable {
  /// PyTorch's name for the module, or the function's (`Conv2d`, `ReLU`, `add`).
  var kind: String { get }

  /// The number of trained parameters; buffers such as a batch norm's statistics do not count.
  var parameterCount: Int { get }

  /// What `backward` needs beside the shapes: whatever is not named may be fused away or freed early.
  var keeps: Kept { get }

  /// The output's shape; every complaint about shapes is made here, before anything is computed.
  ///
  /// - Throws: `InputError` without a subject.
  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape

  /// The output of one pass. The inputs have shapes that `outputShape` accepted.
  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor

  /// The gradient of a score with respect to each input, from its gradient with respect to the output.
  ///
  /// - Parameter wanted: by input, whether its gradient is of use; nil may be given for the others.
  func backward(_ outputGradient: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?]

  /// Multiply-adds of one pass over inputs of these shapes; 0 for operations that do not multiply by weights.
  func multiplyAdds(of inputs: [Shape]) -> Int
}

extension Operation {
  public var parameterCount: Int { 0 }
  public var keeps: Kept { [] }
  public func multiplyAdds(of inputs: [Shape]) -> Int { 0 }

  /// The output's shape for inputs whose shapes were checked when the pass was planned.
  func checkedShape(of inputs: [Shape]) -> Shape {
    guard let shape = try? outputShape(of: inputs) else { preconditionFailure("shapes that were not checked") }
    return shape
  }
}

/// An operation that computes into memory it is given: what a program can find a place for before it runs.
protocol WritingOperation: Operation, Writer {}

extension WritingOperation {
  public func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    Tensor(checkedShape(of: inputs.map(\.shape))) { forward(inputs, to: $0, context) }
  }
}

/// Values that a backward pass needs.
public struct Kept: OptionSet, Sendable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  public static let inputs = Kept(rawValue: 1)
  public static let output = Kept(rawValue: 2)
}

/// What a forward pass left for the backward pass.
public struct Saved {
  public var inputShapes: [Shape]
  /// The inputs, where the operation keeps them; else empty.
  public var inputs: [Tensor] = []
  /// The output, where the operation keeps it.
  public var output: Tensor?

  /// The kept output. Its absence is a bug of the session's.
  var keptOutput: Tensor {
    guard let output else { preconditionFailure("the operation keeps its output") }
    return output
  }
}

/// Checks that an operation got as many inputs as it takes.
func expectInputs(_ inputs: [Shape], _ count: Int) throws(InputError) {
  guard inputs.count == count else { throw InputError("", "takes \(count) input(s), not \(inputs.count)") }
}

/// The one input's shape, which must be a batch of feature maps.
func expectFeatureMap(_ inputs: [Shape]) throws(InputError) -> Shape {
  try expectInputs(inputs, 1)
  guard inputs[0].isFeatureMap else {
    throw InputError("", "takes a batch of feature maps (N C H W), not the shape \(inputs[0])")
  }
  return inputs[0]
}
