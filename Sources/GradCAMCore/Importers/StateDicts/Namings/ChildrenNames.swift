/// Trunks taken out of torchvision's networks: `Sequential(*children)`, as fastai's learners make it too, or `features` alone.
///
/// What such a trunk's head is called is its owner's business: it keeps its name, or comes behind `fc` where it is part of the list.
enum ChildrenNames: ForeignNames {
  static func names(_ shapes: ParameterShapes) -> [String: String]? {
    resNet.names(shapes) ?? features(shapes)
  }

  private static let resNet = NameTable(
    anchor: "4.0.conv1.weight",
    trunk: [NameRule("0", "conv1"), NameRule("1", "bn1")]
      + (4...7).map { NameRule("\($0)", "layer\($0 - 3)") }
      // Behind the pooling, the ninth child.
      + [NameRule("#") { $0[0] > 8 ? "fc.\($0[0])" : nil }]
  ) { shapes, prefix in shapes.shapes["\(prefix)0.weight"]?.count == 4 }

  /// The children of `features`, by the convolutions that tell their networks.
  private static let anchors = [
    "denseblock1.denselayer1.conv1.weight", "denseblock1.denselayer1.conv.1.weight", "1.conv.0.0.weight",
    "3.squeeze.weight",
  ]

  private static func features(_ shapes: ParameterShapes) -> [String: String]? {
    for anchor in anchors {
      guard let prefix = shapes.prefixes(before: anchor).first, !isFeatures(prefix) else { continue }
      return under(prefix, shapes)
    }
    // VGG and AlexNet: numbers alone, so that only fastai's way to hold a trunk tells them.
    guard let prefix = shapes.prefixes(before: "0.0.0.weight").first, shapes.has("\(prefix)0.0.0.bias"),
      [3, 11].contains(shapes.size("\(prefix)0.0.0.weight", 2))
    else { return nil }
    return under("\(prefix)0.0.", shapes)
  }

  private static func isFeatures(_ prefix: String) -> Bool { prefix.split(separator: ".").last == "features" }

  private static func under(_ prefix: String, _ shapes: ParameterShapes) -> [String: String] {
    let inside = shapes.shapes.keys.filter { $0.utf8.starts(with: prefix.utf8) }
    return Dictionary(
      inside.map { ($0, "features.\(Substring($0.utf8.dropFirst(prefix.utf8.count)))") },
      uniquingKeysWith: { first, _ in first })
  }
}
