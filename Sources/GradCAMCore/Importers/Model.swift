public import ModelFormats

/// A network ready to be explained: its graph and weights, and what it takes to feed it and to read its output.
///
/// Immutable; any number of sessions share it.
public struct Model: Sendable {
  public let graph: Graph
  /// What the weights came in: `PyTorch checkpoint (zip)`, `safetensors`, `gradcam model`.
  public let format: String
  public let architecture: ArchitectureSpec
  public internal(set) var input: InputSize
  public let preprocessing: Preprocessing
  /// One a class, or empty where none are known.
  public let labels: [String]
  /// The layer that is explained when none is named.
  public let defaultLayer: String
  public let defaultLayerReason: String
  /// What was assumed, for the file does not say it.
  public let assumptions: [String]
  /// What may make results worthless, such as weights that are not finite.
  public let warnings: [String]
  /// The weights as the file has them.
  let tensors: [TensorRecord]
  /// The graph as records, where no architecture tells it.
  let records: ONNXModel?

  /// The preprocessing with all that it leaves open filled in from the network.
  ///
  /// - Throws: `InputError` about `--preprocess`.
  public func preprocessor() throws(InputError) -> Preprocessor {
    if input.isFixed {
      return try preprocessing.resolved(inputSize: (input.height, input.width), channels: input.channels)
    }
    var open = preprocessing
    if open.resize == nil && open.crop == nil {
      open.resize = input.height == input.width ? .shortSide(input.height) : nil
      open.crop = .size(height: input.height, width: input.width)
    }
    return try open.resolved(inputSize: nil, channels: input.channels)
  }

  /// The shape of one image's input where every image has the same.
  public var inputShape: Shape { Shape(1, input.channels, input.height, input.width) }

  /// What the last operation makes of the logits.
  public var activation: FinalActivation { graph.finalActivation }

  /// What the classes are called: the labels, or those that a network with one output has without any.
  public var classNames: [String] { labels.isEmpty && outputCount == 1 ? Prediction.binaryLabels : labels }

  /// The number of trained parameters.
  public var parameterCount: Int { graph.nodes.reduce(0) { $0 + $1.operation.parameterCount } }
}
