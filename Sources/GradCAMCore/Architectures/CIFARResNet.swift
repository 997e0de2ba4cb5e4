/// The ResNets of 6n+2 layers for 32×32 images (He et al. 2015, section 4.2): three stages, and shortcuts without weights that
/// take every second pixel and pad the channels with zeros (option A). Names as in the widespread PyTorch version by Y. Idelbayev,
/// which adds shortcuts in place.
struct CIFARResNet: Architecture {
  static let names = ["cifar-resnet"]
  static let keys = ["channels", "classes", "depth", "width"]

  private let channels: Int
  private let classes: Int
  /// Blocks a stage.
  private let n: Int
  /// Channels of the first stage.
  private let width: Int

  init(name: String?, arguments: [String: Int], shapes: ParameterShapes) {
    channels = arguments["channels"] ?? shapes.size("conv1.weight", 1) ?? 3
    classes = arguments["classes"] ?? shapes.classes("linear") ?? 10
    width = arguments["width"] ?? shapes.size("conv1.weight", 0) ?? 16
    n = max(1, arguments["depth"].map { ($0 - 2) / 6 } ?? shapes.blocks("layer1."))
  }

  var spec: ArchitectureSpec {
    ArchitectureSpec(
      name: "cifar-resnet",
      arguments: ["channels": channels, "classes": classes, "depth": 6 * n + 2, "width": width])
  }
  var input: InputSize { InputSize(channels: channels, height: 32, width: 32, isFixed: false) }
  var preprocessing: String {
    let sizes = "resize=32,crop=32"
    return channels == 3 ? "imagenet,\(sizes)" : "unit,\(sizes)"
  }
  var definesPreprocessing: Bool { false }
  var defaultLayer: (path: String, reason: String) { ("layer3", "the last stage before pooling") }

  func build(_ network: NetworkBuilder) -> Value {
    var x = network.conv2d("conv1", network.input, channels, width, kernel: 3, padding: 1)
    x = network.function(ReLU(), network.batchNorm2d("bn1", x, width))
    for stage in 0..<3 {
      x = network.module("layer\(stage + 1)", kind: "Sequential", x) { x in
        (0..<n).reduce(x) { x, index in
          let reduces = stage > 0 && index == 0
          let output = width << stage
          return network.module("\(index)", kind: "BasicBlock", x) {
            block(network, $0, input: reduces ? output / 2 : output, output: output)
          }
        }
      }
    }
    return network.pooledClassifier("linear", x, width * 4, classes)
  }

  private func block(_ network: NetworkBuilder, _ x: Value, input: Int, output: Int) -> Value {
    let stride = input == output ? 1 : 2
    var y = network.conv2d("conv1", x, input, output, kernel: 3, stride: stride, padding: 1)
    y = network.function(ReLU(), network.batchNorm2d("bn1", y, output))
    y = network.batchNorm2d("bn2", network.conv2d("conv2", y, output, output, kernel: 3, padding: 1), output)
    let shortcut = network.module("shortcut", kind: "Sequential", x) { x in
      if stride == 1 { return x }
      let pixels = network.function(Slice([Slice.Range(axis: 2, step: 2), Slice.Range(axis: 3, step: 2)]), x)
      let (before, after) = ((output - input) / 2, output - input - (output - input) / 2)
      return network.function(Pad(before: [0, before, 0, 0], after: [0, after, 0, 0]), pixels)
    }
    return network.function(ReLU(), network.function(Add(), y, shortcut, inPlace: true))
  }
}
