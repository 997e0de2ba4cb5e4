/// How another library names the weights of a network that is known here.
protocol ForeignNames: Sendable {
  /// The name here of each tensor of the network, by its name in the file; nil where the file's names are not this library's.
  /// Tensors that it leaves out keep their names.
  static func names(_ shapes: ParameterShapes) -> [String: String]?
}

/// All libraries whose names are known.
enum ForeignNamesRegistry {
  static let all: [any ForeignNames.Type] = [
    HuggingFaceNames.self,
    TransformersEfficientNet.self,
    MMPretrainNames.self,
    MMPretrainVGGNames.self,
    MONAINames.self,
    XResNetNames.self,
    ChildrenNames.self,
    CIFARNames.self,
    CadeneNames.self,
  ]
}
