/// MMPretrain's VGG: a convolution with its norm is one child of `features`, numbered with the poolings between.
enum MMPretrainVGGNames: ForeignNames {
  static func names(_ shapes: ParameterShapes) -> [String: String]? {
    guard let prefix = shapes.prefixes(before: "features.0.conv.weight").first else { return nil }
    // A gap between the numbers is a pooling; no network has more children.
    let numbers = (0..<64).filter { shapes.has("\(prefix)features.\($0).conv.weight") }
    let hasNorms = shapes.has("\(prefix)features.0.bn.weight")
    var places: [Int: Int] = [:]
    for (count, number) in numbers.enumerated() { places[number] = number + count * (hasNorms ? 2 : 1) }
    let table = NameTable(
      anchor: "features.0.conv.weight",
      trunk: [
        NameRule("features.#.conv") { [places] numbers in places[numbers[0]].map { "features.\($0)" } },
        NameRule("features.#.bn") { [places] numbers in places[numbers[0]].map { "features.\($0 + 1)" } },
        NameRule("classifier", "classifier"),
      ],
      heads: [NameRule("head.fc", "classifier")])
    return table.names(shapes)
  }
}
