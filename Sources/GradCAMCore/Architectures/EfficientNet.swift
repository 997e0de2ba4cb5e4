/// EfficientNets and their relatives under torchvision's or timm's names: which library's they are, the weights' names tell, for the
/// libraries call their networks alike.
struct EfficientNet: ImageNetClassifier {
  static let names =
    TimmEfficientNet.names + TorchvisionEfficientNet.names.filter { !TimmEfficientNet.names.contains($0) }

  private let network: any ImageNetClassifier

  init(name: String?, arguments: [String: Int], shapes: ParameterShapes) {
    let isTimm =
      name.map { !TorchvisionEfficientNet.names.contains($0) } ?? false || shapes.has("conv_stem.weight")
    let type: any ImageNetClassifier.Type = isTimm ? TimmEfficientNet.self : TorchvisionEfficientNet.self
    network = type.init(name: name, arguments: arguments, shapes: shapes)
  }

  var name: String { network.name }
  var channels: Int { network.channels }
  var classes: Int { network.classes }
  var input: InputSize { network.input }
  var preprocessing: String { network.preprocessing }
  var defaultLayer: (path: String, reason: String) { network.defaultLayer }
  var lookAlikes: LookAlikes? { network.lookAlikes }

  func build(_ network: NetworkBuilder) -> Value { self.network.build(network) }
}
