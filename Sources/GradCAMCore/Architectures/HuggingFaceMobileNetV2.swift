/// Hugging Face's MobileNet v2 of any width (Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018), as
/// `modeling_mobilenet_v2.py` of transformers builds it with TensorFlow's padding.
struct HuggingFaceMobileNetV2: HuggingFaceMobileNet {
  private static let strides = [2, 1, 2, 1, 1, 2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1]
  private static let usualWidths = [24, 24, 32, 32, 32, 64, 64, 64, 64, 96, 96, 96, 160, 160, 160, 320]
  private static let model = "mobilenet_v2"

  static let names = ["MobileNetV2ForImageClassification"]

  let name = "MobileNetV2ForImageClassification"
  let channels: Int
  let classes: Int
  private let stem: (first: Int, expanded: Int?, output: Int)
  /// Channels inside and behind the blocks.
  private let blocks: [(hidden: Int, output: Int)]
  /// Channels before pooling.
  private let last: Int

  init(name: String?, arguments: [String: Int], shapes: ParameterShapes) {
    func width(_ unit: String, axis: Int = 0) -> Int? {
      shapes.size("\(Self.model).\(unit).convolution.weight", axis)
    }
    channels = arguments["channels"] ?? width("conv_stem.first_conv", axis: 1) ?? 3
    classes = arguments["classes"] ?? shapes.classes("classifier") ?? 1001
    stem = (
      width("conv_stem.first_conv") ?? 32, width("conv_stem.expand_1x1"), width("conv_stem.reduce_1x1") ?? 16
    )
    var blocks: [(hidden: Int, output: Int)] = []
    for (index, usual) in Self.usualWidths.enumerated() {
      let input = blocks.last?.output ?? stem.output
      blocks.append(
        (width("layer.\(index).expand_1x1") ?? 6 * input, width("layer.\(index).reduce_1x1") ?? usual))
    }
    self.blocks = blocks
    last = width("conv_1x1") ?? 1280
  }

  var defaultLayer: (path: String, reason: String) { ("\(Self.model).conv_1x1", "the last feature map before pooling") }

  func build(_ network: NetworkBuilder) -> Value {
    let units = TensorFlowUnits(network: network, kind: "MobileNetV2ConvLayer")
    let pooled = network.module(Self.model, kind: "MobileNetV2Model", network.input) { x in
      var x = network.module("conv_stem", kind: "MobileNetV2Stem", x) { stem(units, $0) }
      var input = stem.output
      x = network.module("layer", kind: "ModuleList", x) { x in
        blocks.enumerated().reduce(x) { x, block in
          defer { input = block.element.output }
          return network.module("\(block.offset)", kind: "MobileNetV2InvertedResidual", x) {
            self.block(units, $0, input, block.element, stride: Self.strides[block.offset])
          }
        }
      }
      x = units.unit("conv_1x1", x, input, last, kernel: 1)
      return network.function(Flatten(), network.add(AdaptiveAvgPool2d(), x, as: "pooler"))
    }
    let dropped = network.add(Identity.dropout, pooled, as: "dropout")
    return network.classifier("classifier", dropped, last, classes)
  }

  private func stem(_ units: TensorFlowUnits, _ x: Value) -> Value {
    var x = units.unit("first_conv", x, channels, stem.first, kernel: 3, stride: 2)
    let hidden = stem.expanded ?? stem.first
    if stem.expanded != nil { x = units.unit("expand_1x1", x, stem.first, hidden, kernel: 1) }
    x = units.unit("conv_3x3", x, hidden, hidden, kernel: 3, groups: hidden)
    return units.unit("reduce_1x1", x, hidden, stem.output, kernel: 1, isActivated: false)
  }

  private func block(
    _ units: TensorFlowUnits, _ x: Value, _ input: Int, _ block: (hidden: Int, output: Int), stride: Int
  ) -> Value {
    var y = units.unit("expand_1x1", x, input, block.hidden, kernel: 1)
    y = units.unit("conv_3x3", y, block.hidden, block.hidden, kernel: 3, stride: stride, groups: block.hidden)
    y = units.unit("reduce_1x1", y, block.hidden, block.output, kernel: 1, isActivated: false)
    return stride == 1 && input == block.output ? units.network.function(Add(), x, y) : y
  }
}
