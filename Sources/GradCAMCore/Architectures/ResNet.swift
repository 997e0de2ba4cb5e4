/// torchvision's ResNets of 18 to 152 layers (He et al., "Deep Residual Learning for Image Recognition", 2015); bottlenecks have
/// their stride in the 3×3 convolution, as torchvision's do.
struct ResNet: Architecture {
  private struct Depth {
    var name: String
    var blocks: [Int]
    var isBottleneck: Bool
  }

  private static let depths = [
    Depth(name: "resnet18", blocks: [2, 2, 2, 2], isBottleneck: false),
    Depth(name: "resnet34", blocks: [3, 4, 6, 3], isBottleneck: false),
    Depth(name: "resnet50", blocks: [3, 4, 6, 3], isBottleneck: true),
    Depth(name: "resnet101", blocks: [3, 4, 23, 3], isBottleneck: true),
    Depth(name: "resnet152", blocks: [3, 8, 36, 3], isBottleneck: true),
  ]

  static let names = depths.map(\.name)
  static let keys = ["channels", "classes"]

  private let depth: Depth
  private let channels: Int
  private let classes: Int

  init(name: String?, arguments: [String: Int], shapes: ParameterShapes) {
    let isBottleneck = shapes.has("layer1.0.conv3.weight")
    let blocks = (1...4).map { shapes.blocks("layer\($0)", "conv1.weight") }
    // The depth of that name, or the one whose block counts are nearest.
    let distance = { (depth: Depth) in
      zip(depth.blocks, blocks).reduce(depth.isBottleneck == isBottleneck ? 0 : 1000) { $0 + abs($1.0 - $1.1) }
    }
    let nearest = Self.depths.first { $0.name == name } ?? Self.depths.min { distance($0) < distance($1) }
    depth = nearest ?? Self.depths[0]
    channels = arguments["channels"] ?? shapes.size("conv1.weight", 1) ?? 3
    classes = arguments["classes"] ?? shapes.size("fc.weight", 0) ?? 1000
  }

  var spec: ArchitectureSpec {
    ArchitectureSpec(name: depth.name, arguments: ["channels": channels, "classes": classes])
  }
  var input: InputSize { InputSize(channels: channels, height: 224, width: 224, isFixed: false) }
  var preprocessing: String { channels == 3 ? "imagenet" : "unit,resize=256,crop=224" }
  var definesPreprocessing: Bool { false }
  var defaultLayer: (path: String, reason: String) { ("layer4", "the last stage before pooling") }

  func build(_ network: NetworkBuilder) -> Value {
    let graph = network.graph
    var x = network.conv2d("conv1", graph.input, channels, 64, kernel: 7, stride: 2, padding: 3)
    x = graph.add(ReLU(), network.batchNorm2d("bn1", x, 64), as: "relu")
    x = graph.add(MaxPool2d(kernel: (3, 3), stride: (2, 2), padding: Padding(1)), x, as: "maxpool")
    var width = 64
    for stage in 0..<4 {
      x = graph.module("layer\(stage + 1)", kind: "Sequential", x) { x in
        (0..<depth.blocks[stage]).reduce(x) { x, index in
          let stride = stage > 0 && index == 0 ? 2 : 1
          let kind = depth.isBottleneck ? "Bottleneck" : "BasicBlock"
          let output = graph.module("\(index)", kind: kind, x) {
            block(network, $0, input: width, planes: 64 << stage, stride: stride)
          }
          width = (64 << stage) * (depth.isBottleneck ? 4 : 1)
          return output
        }
      }
    }
    x = graph.add(AdaptiveAvgPool2d(), x, as: "avgpool")
    return network.linear("fc", graph.function(Flatten(), x), width, classes)
  }

  private func block(_ network: NetworkBuilder, _ x: Value, input: Int, planes: Int, stride: Int) -> Value {
    let graph = network.graph
    let output = depth.isBottleneck ? planes * 4 : planes
    var y: Value
    if depth.isBottleneck {
      y = network.batchNorm2d("bn1", network.conv2d("conv1", x, input, planes, kernel: 1), planes)
      y = graph.add(ReLU(), y, as: "relu")
      y = network.conv2d("conv2", y, planes, planes, kernel: 3, stride: stride, padding: 1)
      y = graph.add(ReLU(), network.batchNorm2d("bn2", y, planes), as: "relu")
      y = network.batchNorm2d("bn3", network.conv2d("conv3", y, planes, output, kernel: 1), output)
    } else {
      y = network.conv2d("conv1", x, input, planes, kernel: 3, stride: stride, padding: 1)
      y = graph.add(ReLU(), network.batchNorm2d("bn1", y, planes), as: "relu")
      y = network.batchNorm2d("bn2", network.conv2d("conv2", y, planes, planes, kernel: 3, padding: 1), planes)
    }
    var shortcut = x
    if stride != 1 || input != output {
      shortcut = graph.module("downsample", kind: "Sequential", x) { x in
        network.batchNorm2d("1", network.conv2d("0", x, input, output, kernel: 1, stride: stride), output)
      }
    }
    return graph.add(ReLU(), graph.function(Add(), y, shortcut), as: "relu")
  }
}
