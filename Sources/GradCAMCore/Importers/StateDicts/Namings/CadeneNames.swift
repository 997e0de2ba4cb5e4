/// The names of R. Cadène's pretrained-models.pytorch, whose heads are called alike in all networks (`models/torchvision_models.py`).
enum CadeneNames: TabulatedNames {
  static let tables = [
    table("layer1.0.conv1.weight", head: "fc") { !$0.has("\($1)layer0.conv1.weight") },
    table("Conv2d_1a_3x3.conv.weight", head: "fc") { _, _ in true },
    table("features.conv0.weight", head: "classifier") { _, _ in true },
    linear("_features.0.weight", kernel: 3, places: ["linear0": "classifier.0", "linear1": "classifier.3"]),
    linear("_features.0.weight", kernel: 11, places: ["linear0": "classifier.1", "linear1": "classifier.4"]),
  ]

  private static func table(
    _ anchor: String, head: String, where condition: @escaping @Sendable (ParameterShapes, String) -> Bool
  ) -> NameTable {
    NameTable(anchor: anchor, trunk: [NameRule("last_linear", head), .identity]) { shapes, prefix in
      shapes.has("\(prefix)last_linear.weight") && condition(shapes, prefix)
    }
  }

  /// VGG and AlexNet, whose classifiers are taken apart.
  private static func linear(_ anchor: String, kernel: Int, places: [String: String]) -> NameTable {
    NameTable(
      anchor: anchor,
      trunk: [NameRule("_features", "features"), NameRule("last_linear", "classifier.6")]
        + places.map { NameRule($0.key, $0.value) }
    ) { shapes, prefix in shapes.size("\(prefix)\(anchor)", 2) == kernel }
  }
}
