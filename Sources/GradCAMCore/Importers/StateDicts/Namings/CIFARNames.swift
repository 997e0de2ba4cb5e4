/// The names of two widespread collections of networks for 32×32 images: K. Liu's pytorch-cifar (`models/resnet.py`), and
/// weiaicunzai's pytorch-cifar100 (the same file there).
enum CIFARNames: TabulatedNames {
  static let tables = [liu, weiaicunzai]

  private static let liu = NameTable(
    anchor: "layer2.0.shortcut.0.weight",
    trunk: [
      NameRule("layer#.#.shortcut") { "layer\($0[0]).\($0[1]).downsample" },
      NameRule("layer#") { "layer\($0[0])" }, NameRule("conv1", "conv1"), NameRule("bn1", "bn1"),
    ],
    heads: [NameRule("linear", "fc")])

  private static let weiaicunzai = NameTable(
    anchor: "conv2_x.0.residual_function.0.weight",
    trunk: [
      NameRule("conv1.0", "conv1"), NameRule("conv1.1", "bn1"),
      NameRule("conv#_x.#.residual_function.#") { numbers in
        let (place, isNorm) = numbers[2].quotientAndRemainder(dividingBy: 3)
        return "\(block(numbers)).\(isNorm == 0 ? "conv" : "bn")\(place + 1)"
      },
      NameRule("conv#_x.#.shortcut") { "\(block($0)).downsample" },
    ],
    heads: [NameRule("fc", "fc")])

  private static func block(_ numbers: [Int]) -> String { "layer\(numbers[0] - 1).\(numbers[1])" }
}
