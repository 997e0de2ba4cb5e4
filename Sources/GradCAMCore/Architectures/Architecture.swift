import ModelFormats

/// A network that is known by its state dict: how to recognise it, and how to build it.
protocol Architecture: Sendable {
  /// The names that a user may choose it by.
  static var names: [String] { get }
  /// The keys that `NAME:key=value` takes.
  static var keys: [String] { get }

  /// The network that these arguments and shapes speak of; what neither tells is at its usual value.
  ///
  /// - Parameters:
  ///   - name: one of `names`, or nil to recognise it.
  ///   - arguments: win over the shapes.
  init(name: String?, arguments: [String: Int], shapes: ParameterShapes)

  var spec: ArchitectureSpec { get }
  var input: InputSize { get }
  /// The preprocessing that networks of this kind are trained with, as `Preprocessing(parsing:)` reads it.
  var preprocessing: String { get }
  /// Whether `preprocessing` is part of the network's definition, rather than a guess.
  var definesPreprocessing: Bool { get }
  /// The usual layer to explain, and why it is.
  var defaultLayer: (path: String, reason: String) { get }
  /// Other networks that have the same weights; nil where there are none, or where the user said which it is.
  var lookAlikes: LookAlikes? { get }
  /// What neither the weights nor the user tells of the network, and what is taken for it; nil where there is nothing of the kind.
  var assumption: Message? { get }
  /// What of the user's arguments cannot be; nil where all can.
  var problem: Message? { get }
  /// Builds the network; returns its output.
  func build(_ network: NetworkBuilder) -> Value
}

extension Architecture {
  var lookAlikes: LookAlikes? { nil }
  var assumption: Message? { nil }
  var problem: Message? { nil }
}

/// Networks that a state dict may be as well as the one that it is taken for: what tells them apart has no weights.
struct LookAlikes: Sendable {
  /// The names that choose them.
  var names: [String]
  /// What they are.
  var what: String
  /// Whether the weights hint at them rather than leave them possible.
  var areLikely: Bool
}

/// All architectures that state dicts are recognised as.
public enum ArchitectureRegistry {
  /// The names of all.
  public static var names: [String] { all.flatMap { $0.names } }

  static let all: [any Architecture.Type] = [
    XRayClassifier.self,
    ResNet.self,
    CIFARResNet.self,
    VGG.self,
    AlexNet.self,
    DenseNet.self,
    SqueezeNet.self,
    MobileNetV2.self,
    Inception3.self,
    GoogLeNet.self,
    ShuffleNetV2.self,
    HuggingFaceMobileNetV1.self,
    HuggingFaceMobileNetV2.self,
    ConvNeXt.self,
    VisionTransformer.self,
    SwinTransformer.self,
    EfficientNet.self,
    EfficientNetPyTorch.self,
    MobileNetV3.self,
    MNASNet.self,
    RegNet.self,
    TimmRegNet.self,
  ]
}
