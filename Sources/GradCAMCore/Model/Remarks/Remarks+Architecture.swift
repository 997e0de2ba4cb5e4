import ModelFormats

extension Remarks {
  /// How the names of a family's networks begin here.
  private static let families = [
    "resnet": ["resnet"], "vit": ["vit", "deit"], "deit": ["vit", "deit"], "convnext": ["convnext"],
    "convnextv2": ["convnext"], "swin": ["swin"], "swinv2": ["swin"], "mobilenet_v1": ["mobilenet"],
    "mobilenet_v2": ["mobilenet"], "efficientnet": ["efficientnet"], "regnet": ["regnet"],
  ]

  /// Tells where the weights, which count, are those of another network than the one that is named in a file beside them.
  ///
  /// - Parameter name: what the weights are taken for.
  mutating func compareArchitecture(with name: String) {
    let named: String
    if let nameBeside, ArchitectureRegistry.names.contains(nameBeside), nameBeside != name {
      named = nameBeside
    } else if let family, let beginnings = Self.families[family],
      !beginnings.contains(where: name.lowercased().hasPrefix)
    {
      named = family
    } else {
      return
    }
    let file = ModelConfiguration.modelName
    complaints.append("\(file) calls it \(named.printable), and its weights are those of \(name), which count")
  }
}
