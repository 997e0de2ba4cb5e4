/// EfficientNet as the package `efficientnet_pytorch` by L. Melas-Kyriazi has it (Tan and Le, "EfficientNet: Rethinking Model Scaling
/// for Convolutional Neural Networks", 2019).
///
/// Convolutions pad as TensorFlow's "SAME" does for pictures of the size that the network's name stands for, also where the picture
/// has another size (`Conv2dStaticSamePadding` in the package's utils.py).
struct EfficientNetPyTorch: ImageNetClassifier {
  private struct Variant {
    var name: String
    var depths: [Int]
    /// Channels of the stem and before pooling, which tell variants of the same depths apart.
    var ends: [Int]
    /// Height and width of the pictures that it is made for.
    var side: Int
  }

  private struct Block {
    var expands: Bool
    var input: Int
    var hidden: Int
    var output: Int
    var kernel: Int
    var stride: Int
    var squeeze: Int
    /// Whether it adds its input: a stage's first block never does, whatever its shape.
    var adds: Bool
  }

  /// Widths, depths and sizes follow from the coefficients in the package's `efficientnet_params`.
  private static let variants = [
    Variant(name: "efficientnet-b0", depths: [1, 2, 2, 3, 3, 4, 1], ends: [32, 1280], side: 224),
    Variant(name: "efficientnet-b1", depths: [2, 3, 3, 4, 4, 5, 2], ends: [32, 1280], side: 240),
    Variant(name: "efficientnet-b2", depths: [2, 3, 3, 4, 4, 5, 2], ends: [32, 1408], side: 260),
    Variant(name: "efficientnet-b3", depths: [2, 3, 3, 5, 5, 6, 2], ends: [40, 1536], side: 300),
    Variant(name: "efficientnet-b4", depths: [2, 4, 4, 6, 6, 8, 2], ends: [48, 1792], side: 380),
    Variant(name: "efficientnet-b5", depths: [3, 5, 5, 7, 7, 9, 3], ends: [48, 2048], side: 456),
    Variant(name: "efficientnet-b6", depths: [3, 6, 6, 8, 8, 11, 3], ends: [56, 2304], side: 528),
    Variant(name: "efficientnet-b7", depths: [4, 7, 7, 10, 10, 13, 4], ends: [64, 2560], side: 600),
    Variant(name: "efficientnet-b8", depths: [4, 8, 8, 11, 11, 15, 4], ends: [72, 2816], side: 672),
    Variant(name: "efficientnet-l2", depths: [6, 11, 11, 16, 16, 22, 6], ends: [136, 5504], side: 800),
  ]
  /// A network of the same making with other depths or widths.
  private static let otherName = "efficientnet-pytorch"
  private static let kernels = [3, 3, 5, 3, 5, 5, 3]
  private static let strides = [1, 2, 2, 2, 1, 2, 1]
  private static let eps = 1e-3

  static let names = variants.map(\.name) + [otherName]

  let name: String
  let channels: Int
  let classes: Int
  private let stem: Int
  private let blocks: [Block]
  /// Channels before pooling.
  private let last: Int
  private let side: Int

  init(name: String?, arguments: [String: Int], shapes: ParameterShapes) {
    let named = Self.variants.first { $0.name == name }
    stem = shapes.size("_conv_stem.weight", 0) ?? 32
    last = shapes.size("_conv_head.weight", 0) ?? 1280
    let depths = named?.depths ?? Self.depths(shapes)
    let ends = [stem, last]
    let variant = named ?? Self.variants.first { $0.depths == depths && $0.ends == ends && name == nil }
    self.name = variant?.name ?? Self.otherName
    side = variant?.side ?? 224
    channels = arguments["channels"] ?? shapes.size("_conv_stem.weight", 1) ?? 3
    classes = arguments["classes"] ?? shapes.classes("_fc") ?? 1000
    var blocks: [Block] = []
    for (stage, count) in depths.enumerated() {
      for index in 0..<count {
        let path = "_blocks.\(blocks.count)"
        let input = blocks.last?.output ?? stem
        let expands = shapes.has("\(path)._expand_conv.weight")
        blocks.append(
          Block(
            expands: expands, input: input,
            hidden: expands ? shapes.size("\(path)._expand_conv.weight", 0) ?? input : input,
            output: shapes.size("\(path)._project_conv.weight", 0) ?? input, kernel: Self.kernels[stage],
            stride: index == 0 ? Self.strides[stage] : 1,
            squeeze: shapes.size("\(path)._se_reduce.weight", 0) ?? max(1, input / 4),
            adds: index > 0 && shapes.size("\(path)._project_conv.weight", 0) ?? input == input))
      }
    }
    self.blocks = blocks
  }

  /// Blocks by stage: from stage to stage the width, the kernel or the expansion differs. Where there are not seven, one a stage.
  private static func depths(_ shapes: ParameterShapes) -> [Int] {
    let one = [Int](repeating: 1, count: kernels.count)
    guard shapes.has("_conv_stem.weight") else { return one }
    var depths: [Int] = []
    var last: [Int?] = []
    for index in 0..<shapes.blocks("_blocks.", limit: 1024) {
      let path = "_blocks.\(index)"
      let block = [
        shapes.size("\(path)._project_conv.weight", 0), shapes.kernel("\(path)._depthwise_conv.weight"),
        shapes.has("\(path)._expand_conv.weight") ? 1 : 0,
      ]
      if block != last { depths.append(0) }
      depths[depths.count - 1] += 1
      last = block
    }
    return depths.count == kernels.count ? depths : one
  }

  private var trained: TrainedInput { TrainedInput(side, side) }
  var input: InputSize { trained.size(channels: channels) }
  /// As the package's example for ImageNet does it.
  var preprocessing: String { trained.preprocessing(channels: channels) }
  var defaultLayer: (path: String, reason: String) { ("_swish", "the last feature map before pooling") }

  func build(_ network: NetworkBuilder) -> Value {
    var size = side
    var x = convolution(network, "_conv_stem", network.input, channels, stem, kernel: 3, stride: 2, size: &size)
    x = network.add(SiLU(), network.batchNorm2d("_bn0", x, stem, eps: Self.eps), as: "_swish")
    x = network.module("_blocks", kind: "ModuleList", x) { x in
      blocks.enumerated().reduce(x) { x, block in
        network.module("\(block.offset)", kind: "MBConvBlock", x) {
          self.block(network, $0, block.element, size: &size)
        }
      }
    }
    x = network.conv2d("_conv_head", x, blocks.last?.output ?? stem, last, kernel: 1)
    x = network.add(SiLU(), network.batchNorm2d("_bn1", x, last, eps: Self.eps), as: "_swish")
    return network.pooledClassifier("_fc", x, last, classes) { x in
      let pooled = network.function(Flatten(), network.add(AdaptiveAvgPool2d(), x, as: "_avg_pooling"))
      return network.add(Identity.dropout, pooled, as: "_dropout")
    }
  }

  private func block(_ network: NetworkBuilder, _ x: Value, _ block: Block, size: inout Int) -> Value {
    let (hidden, eps) = (block.hidden, Self.eps)
    var y = x
    if block.expands {
      y = network.conv2d("_expand_conv", y, block.input, hidden, kernel: 1)
      y = network.add(SiLU(), network.batchNorm2d("_bn0", y, hidden, eps: eps), as: "_swish")
    }
    y = convolution(
      network, "_depthwise_conv", y, hidden, hidden, kernel: block.kernel, stride: block.stride, groups: hidden,
      size: &size)
    y = network.add(SiLU(), network.batchNorm2d("_bn1", y, hidden, eps: eps), as: "_swish")
    var gate = network.conv2d(
      "_se_reduce", network.function(AdaptiveAvgPool2d(), y), hidden, block.squeeze, kernel: 1, bias: true)
    gate = network.add(SiLU(), gate, as: "_swish")
    gate = network.conv2d("_se_expand", gate, block.squeeze, hidden, kernel: 1, bias: true)
    y = network.function(Mul(), network.function(Sigmoid(), gate), y)
    y = network.conv2d("_project_conv", y, hidden, block.output, kernel: 1)
    y = network.batchNorm2d("_bn2", y, block.output, eps: eps)
    return block.adds ? network.function(Add(), y, x) : y
  }

  /// A convolution that pads for a feature map of `size` rows and columns, and leaves in `size` those of its output.
  private func convolution(
    _ network: NetworkBuilder, _ name: String, _ x: Value, _ input: Int, _ output: Int, kernel: Int, stride: Int,
    groups: Int = 1, size: inout Int
  ) -> Value {
    let padding = AutoPad.sameUpper.resolve(
      Padding(0), input: (size, size), kernel: (kernel, kernel), stride: (stride, stride), dilation: (1, 1))
    size = (size + stride - 1) / stride
    return network.conv2d(
      name, x, input, output, kernel: kernel, stride: stride, around: padding, groups: groups)
  }
}
