/// The names of fastai's own ResNets (`fastai/vision/models/xresnet.py`), which are one list; a learner's body is its trunk.
enum XResNetNames: TabulatedNames {
  static let tables = [
    NameTable(
      anchor: "4.0.convpath.0.0.weight",
      trunk: [
        NameRule("2.1", "bn1"),
        NameRule("#.0") { $0[0] < 3 ? "conv1.\(3 * $0[0])" : nil },
        NameRule("#.1") { $0[0] < 3 ? "conv1.\(3 * $0[0] + 1)" : nil },
        NameRule("#.#.convpath.#.0") { "\(block($0)).conv\($0[2] + 1)" },
        NameRule("#.#.convpath.#.1") { "\(block($0)).bn\($0[2] + 1)" },
        // Beside a pool, which may stand before it.
        NameRule("#.#.idpath.#.0") { "\(block($0)).downsample.1" },
        NameRule("#.#.idpath.#.1") { "\(block($0)).downsample.2" },
        NameRule("11", "fc"),
      ])
  ]

  private static func block(_ numbers: [Int]) -> String { "layer\(numbers[0] - 3).\(numbers[1])" }
}
