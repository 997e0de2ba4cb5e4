/// Hugging Face's MobileNet v1 of any width (Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision
/// Applications", 2017), as `modeling_mobilenet_v1.py` of transformers builds it with TensorFlow's padding.
struct HuggingFaceMobileNetV1: HuggingFaceMobileNet {
  private static let strides = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1]

  static let names = ["MobileNetV1ForImageClassification"]

  let name = "MobileNetV1ForImageClassification"
  let channels: Int
  let classes: Int
  /// Output channels of the stem and the blocks.
  private let widths: [Int]
  private static let model = "mobilenet_v1"

  init(name: String?, arguments: [String: Int], shapes: ParameterShapes) {
    let stem = "\(Self.model).conv_stem.convolution.weight"
    channels = arguments["channels"] ?? shapes.size(stem, 1) ?? 3
    classes = arguments["classes"] ?? shapes.classes("classifier") ?? 1001
    var widths = [shapes.size(stem, 0) ?? 32]
    for (index, stride) in Self.strides.enumerated() {
      let usual = (widths.last ?? 32) * (stride == 2 || index == 0 ? 2 : 1)
      widths.append(shapes.size("\(Self.model).layer.\(2 * index + 1).convolution.weight", 0) ?? usual)
    }
    self.widths = widths
  }

  var defaultLayer: (path: String, reason: String) { ("\(Self.model).layer.25", "the last feature map before pooling") }

  func build(_ network: NetworkBuilder) -> Value {
    let units = TensorFlowUnits(network: network, kind: "MobileNetV1ConvLayer")
    let pooled = network.module(Self.model, kind: "MobileNetV1Model", network.input) { x in
      var x = units.unit("conv_stem", x, channels, widths[0], kernel: 3, stride: 2)
      x = network.module("layer", kind: "ModuleList", x) { x in
        Self.strides.enumerated().reduce(x) { x, block in
          let (input, output) = (widths[block.offset], widths[block.offset + 1])
          let y = units.unit(
            "\(2 * block.offset)", x, input, input, kernel: 3, stride: block.element, groups: input)
          return units.unit("\(2 * block.offset + 1)", y, input, output, kernel: 1)
        }
      }
      return network.function(Flatten(), network.add(AdaptiveAvgPool2d(), x, as: "pooler"))
    }
    let dropped = network.add(Identity.dropout, pooled, as: "dropout")
    return network.classifier("classifier", dropped, widths[widths.count - 1], classes)
  }
}
