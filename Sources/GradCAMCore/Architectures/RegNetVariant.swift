/// A RegNet that has a name in torchvision or timm (Radosavovic et al., "Designing Network Design Spaces", 2020): blocks by stage, and
/// channels of the stages.
struct RegNetVariant: Sendable {
  let name: String
  let depths: [Int]
  let widths: [Int]
  let input: TrainedInput

  init(_ name: String, _ depths: [Int], _ widths: [Int], _ input: TrainedInput) {
    (self.name, self.depths, self.widths, self.input) = (name, depths, widths, input)
  }

  /// torchvision's; pictures are those of its weights `IMAGENET1K_V1` (regnet.py).
  static let torchvision = [
    RegNetVariant("regnet_x_400mf", [1, 2, 7, 12], [32, 64, 160, 400], .usual),
    RegNetVariant("regnet_x_800mf", [1, 3, 7, 5], [64, 128, 288, 672], .usual),
    RegNetVariant("regnet_x_1_6gf", [2, 4, 10, 2], [72, 168, 408, 912], .usual),
    RegNetVariant("regnet_x_3_2gf", [2, 6, 15, 2], [96, 192, 432, 1008], .usual),
    RegNetVariant("regnet_x_8gf", [2, 5, 15, 1], [80, 240, 720, 1920], .usual),
    RegNetVariant("regnet_x_16gf", [2, 6, 13, 1], [256, 512, 896, 2048], .usual),
    RegNetVariant("regnet_x_32gf", [2, 7, 13, 1], [336, 672, 1344, 2520], .usual),
    RegNetVariant("regnet_y_400mf", [1, 3, 6, 6], [48, 104, 208, 440], .usual),
    RegNetVariant("regnet_y_800mf", [1, 3, 8, 2], [64, 144, 320, 784], .usual),
    RegNetVariant("regnet_y_1_6gf", [2, 6, 17, 2], [48, 120, 336, 888], .usual),
    RegNetVariant("regnet_y_3_2gf", [2, 5, 13, 1], [72, 216, 576, 1512], .usual),
    RegNetVariant("regnet_y_8gf", [2, 4, 10, 1], [224, 448, 896, 2016], .usual),
    RegNetVariant("regnet_y_16gf", [2, 4, 11, 1], [224, 448, 1232, 3024], .usual),
    RegNetVariant("regnet_y_32gf", [2, 5, 12, 1], [232, 696, 1392, 3712], .usual),
    // Its only weights are `IMAGENET1K_SWAG_E2E_V1` and those of a linear head.
    RegNetVariant("regnet_y_128gf", [2, 7, 17, 1], [528, 1056, 2904, 7392], TrainedInput(384, 384)),
  ]

  /// timm's; pictures are those of each network's first weights (regnet.py).
  static let timm = [
    RegNetVariant("regnetx_002", [1, 1, 4, 7], [24, 56, 152, 368], TrainedInput(256, 224)),
    RegNetVariant("regnetx_004", [1, 2, 7, 12], [32, 64, 160, 384], TrainedInput(256, 224)),
    RegNetVariant("regnetx_004_tv", [1, 2, 7, 12], [32, 64, 160, 400], TrainedInput(232, 224)),
    RegNetVariant("regnetx_006", [1, 3, 5, 7], [48, 96, 240, 528], TrainedInput(256, 224)),
    RegNetVariant("regnetx_008", [1, 3, 7, 5], [64, 128, 288, 672], TrainedInput(232, 224)),
    RegNetVariant("regnetx_016", [2, 4, 10, 2], [72, 168, 408, 912], TrainedInput(232, 224)),
    RegNetVariant("regnetx_032", [2, 6, 15, 2], [96, 192, 432, 1008], TrainedInput(232, 224)),
    RegNetVariant("regnetx_040", [2, 5, 14, 2], [80, 240, 560, 1360], TrainedInput(256, 224)),
    RegNetVariant("regnetx_064", [2, 4, 10, 1], [168, 392, 784, 1624], TrainedInput(256, 224)),
    RegNetVariant("regnetx_080", [2, 5, 15, 1], [80, 240, 720, 1920], TrainedInput(232, 224)),
    RegNetVariant("regnetx_120", [2, 5, 11, 1], [224, 448, 896, 2240], TrainedInput(256, 224)),
    RegNetVariant("regnetx_160", [2, 6, 13, 1], [256, 512, 896, 2048], TrainedInput(232, 224)),
    RegNetVariant("regnetx_320", [2, 7, 13, 1], [336, 672, 1344, 2520], TrainedInput(232, 224)),
    RegNetVariant("regnety_002", [1, 1, 4, 7], [24, 56, 152, 368], TrainedInput(256, 224)),
    RegNetVariant("regnety_004", [1, 3, 6, 6], [48, 104, 208, 440], TrainedInput(232, 224)),
    RegNetVariant("regnety_006", [1, 3, 7, 4], [48, 112, 256, 608], TrainedInput(256, 224)),
    RegNetVariant("regnety_008", [1, 3, 8, 2], [64, 128, 320, 768], TrainedInput(256, 224)),
    RegNetVariant("regnety_008_tv", [1, 3, 8, 2], [64, 144, 320, 784], TrainedInput(232, 224)),
    RegNetVariant("regnety_016", [2, 6, 17, 2], [48, 120, 336, 888], TrainedInput(232, 224)),
    RegNetVariant("regnety_032", [2, 5, 13, 1], [72, 216, 576, 1512], TrainedInput(235, 224)),
    RegNetVariant("regnety_040", [2, 6, 12, 2], [128, 192, 512, 1088], TrainedInput(235, 224)),
    RegNetVariant("regnety_064", [2, 7, 14, 2], [144, 288, 576, 1296], TrainedInput(235, 224)),
    RegNetVariant("regnety_080", [2, 4, 10, 1], [168, 448, 896, 2016], TrainedInput(235, 224)),
    RegNetVariant("regnety_080_tv", [2, 4, 10, 1], [224, 448, 896, 2016], TrainedInput(232, 224)),
    RegNetVariant("regnety_120", [2, 5, 11, 1], [224, 448, 896, 2240], TrainedInput(235, 224)),
    RegNetVariant("regnety_160", [2, 4, 11, 1], [224, 448, 1232, 3024], TrainedInput(235, 224)),
    RegNetVariant("regnety_320", [2, 5, 12, 1], [232, 696, 1392, 3712], TrainedInput(232, 224)),
    RegNetVariant("regnety_640", [2, 5, 12, 1], [328, 984, 1968, 4920], TrainedInput(384, 384)),
    RegNetVariant("regnety_1280", [2, 7, 17, 1], [528, 1056, 2904, 7392], TrainedInput(384, 384)),
    RegNetVariant("regnety_2560", [2, 7, 17, 1], [746, 1492, 4103, 10444], TrainedInput(384, 384)),
    RegNetVariant("regnetz_005", [1, 4, 9, 7], [16, 40, 104, 256], TrainedInput(235, 224)),
    RegNetVariant("regnetz_040", [2, 6, 14, 6], [48, 104, 240, 528], TrainedInput(256, 256)),
    RegNetVariant("regnetz_040_h", [2, 6, 14, 6], [48, 104, 240, 528], TrainedInput(256, 256)),
  ]

  /// The variant that is meant by a name, or by the letter of its design space (`x`, `y`, `z`), its depths and its widths.
  static func find(
    _ all: [RegNetVariant], named name: String?, space: String, depths: [Int], widths: [Int]
  ) -> RegNetVariant? {
    if let name { return all.first { $0.name == name } }
    return all.first { $0.depths == depths && $0.widths == widths && $0.name.contains(space) }
  }
}

/// A RegNet's bottleneck, whose 3×3 convolution has groups: 1×1, 3×3, a gate on channels in the spaces `y` and `z`, 1×1.
struct RegNetBlock: Sendable {
  let input: Int
  /// Channels of the 3×3 convolution, in `groups` groups.
  let hidden: Int
  let groups: Int
  let output: Int
  let stride: Int
  /// Hidden channels of the gate.
  let squeeze: Int?

  /// - Parameters: names of weights: of the three convolutions, and of the gate's first one.
  init(
    _ first: String, _ second: String, _ third: String, gate: String, input: Int, stride: Int, _ shapes: ParameterShapes
  ) {
    self.input = input
    self.stride = stride
    hidden = shapes.size(first, 0) ?? input
    groups = shapes.groups(second, of: hidden)
    output = shapes.size(third, 0) ?? hidden
    squeeze = shapes.size(gate, 0)
  }
}
