public import ModelFormats

/// A network ready to be explained: its graph and weights, and what it takes to feed it and to read its output.
///
/// Immutable; any number of sessions share it.
public struct Model: Sendable {
  /// The network.
  public internal(set) var graph: Graph
  /// What the weights came in: `PyTorch checkpoint (zip)`, `safetensors`, `gradcam model`.
  public let format: String
  /// What the graph was built from; `onnx` for a graph that the file brings itself.
  public let architecture: ArchitectureSpec
  /// The size of its input.
  public internal(set) var input: InputSize
  /// What is done to images first, as far as it is said.
  public internal(set) var preprocessing: Preprocessing
  /// One a class, or empty where none are known.
  public let labels: [String]
  /// The layer that is explained when none is named.
  public let defaultLayer: String
  /// Why it is that one.
  public let defaultLayerReason: Message
  /// Why it may be far from the last one, so that a layer has to be named; nil where it is the last.
  public internal(set) var defaultLayerDoubt: Message?
  /// The name of the method that explains when none is named; nil where nobody chose one. Another version may know it alone.
  public internal(set) var defaultMethod: String?
  /// What was assumed, for the file does not say it.
  public let assumptions: [Message]
  /// What these are about.
  public internal(set) var assumed: [Parameter] = []
  /// How the preprocessing is known.
  public internal(set) var preprocessingSource: Message = ""
  /// What a user should know of what was made of the file and the options, though nothing is wrong with it.
  public internal(set) var notes: [Message] = []
  /// What makes probabilities of its scores, and how that is known.
  public internal(set) var activation = ScoreActivation(kind: .none, source: .assumed)
  /// What may make results worthless, such as weights that are not finite.
  public let warnings: [Message]
  /// Names of architectures that the same weights fit, and that the file may be meant as; none where somebody says which it is.
  public internal(set) var lookAlikes: [String] = []
  /// The weights as the file has them.
  let tensors: [TensorRecord]
  /// The graph as records, where no architecture tells it.
  let records: ONNXModel?
  /// What it was read from.
  var files = ModelFiles([])
  /// Whether the weights are what was written.
  var integrity = WeightIntegrity()

  /// Makes sure that the model is what was loaded: somebody may change or replace its files while they are in use, and a file may
  /// be damaged where nobody has looked before. `Explainer` asks after each image.
  ///
  /// - Throws: `InputError` naming a file that holds other bytes by now, or weights that are not what was written.
  public func requireIntact() throws(InputError) {
    try files.requireUnchanged()
    do { try integrity.requireWhole() } catch { throw error.about(files.name) }
  }

  /// Tells the SHA-256 of the model's file as it was opened. With it, a file of which only the times change passes for the same.
  public func expect(digest: String) { files.expect(digest) }

  /// The files on disk that it was read from: the weights, and what lies beside them and was read, too.
  public var filePaths: [FilePath] { files.paths }

  /// The SHA-256 of the files beside the weights' first: other files of theirs, an ONNX model's external data, and what tells of labels and
  /// preprocessing; nil where there are none. All of them are read.
  ///
  /// - Throws: `InputError` naming a file that cannot be read on.
  public func dataDigest() throws(InputError) -> String? { try files.dataDigest() }

  /// Looks at all weights of which the file says what was written, and at none of others.
  ///
  /// - Throws: `InputError` naming the weights that differ.
  public func requireWhole(threads: Int = 1) throws(InputError) {
    integrity.check(all: true, threads: threads)
    try requireIntact()
  }

  /// The preprocessing with all that it leaves open filled in from the network.
  ///
  /// - Throws: `InputError` about `preprocess`.
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

  /// The number of outputs: 1 for a network that gives one probability.
  public var outputCount: Int {
    guard let shapes = try? graph.shapes(for: inputShape), let output = shapes[graph.output] else { return 0 }
    return Self.classCount(output) ?? 0
  }

  /// How many numbers a network whose output for one image has this shape gives; nil where they are no list.
  static func classCount(_ output: Shape) -> Int? { output.scoreCount }

  /// What the classes are called: the labels, or those that a network with one output has without any.
  public var classNames: [String] { labels.isEmpty && outputCount == 1 ? Prediction.binaryLabels : labels }

  /// Whether values are rounded to those of a narrow type, whose gradients pass as if they were not.
  public var isQuantized: Bool { graph.nodes.contains { $0.operation.passesGradientsStraight } }

  /// The number of trained parameters.
  public var parameterCount: Int { graph.nodes.reduce(0) { $0 + $1.operation.parameterCount } }
}
