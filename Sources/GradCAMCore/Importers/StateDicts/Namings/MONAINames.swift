/// The names of MONAI's DenseNets and EfficientNets (`monai/networks/nets/densenet.py`, `…/efficientnet.py`). Its ResNets have
/// torchvision's.
enum MONAINames: TabulatedNames {
  static let tables = [
    NameTable(
      anchor: "features.denseblock1.denselayer1.layers.conv1.weight",
      trunk: [
        NameRule("features.denseblock#.denselayer#.layers") { "features.denseblock\($0[0]).denselayer\($0[1])" },
        NameRule("features", "features"),
      ],
      heads: [NameRule("class_layers.out", "classifier")]),
    // Blocks stand in their stages, but have the numbers that they have in efficientnet_pytorch, in one row.
    NameTable(
      anchor: "_blocks.0.0._depthwise_conv.weight", trunk: [NameRule("_blocks.#.#") { "_blocks.\($0[1])" }, .identity]),
  ]
}
