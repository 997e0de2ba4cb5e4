/// The chest X-ray classifier of the tutorial that this project began with: five residual blocks that halve the feature map
/// and double its channels (nf … 16·nf), and an 8×8 convolution to one probability.
///
/// The head's kernel covers the whole last feature map, which ties the input to 256×256 pixels.
struct XRayClassifier: Architecture {
  static let names = ["xray-classifier"]
  static let keys = ["nc", "nf"]

  /// Channels of the input.
  let nc: Int
  /// Channels of the first block.
  let nf: Int

  init(name: String?, arguments: [String: Int], shapes: ParameterShapes) {
    nc = arguments["nc"] ?? shapes.size("resnet_blocks.0.conv1.weight", 1) ?? 3
    nf = arguments["nf"] ?? shapes.size("resnet_blocks.0.conv1.weight", 0) ?? 64
  }

  var spec: ArchitectureSpec { ArchitectureSpec(name: "xray-classifier", arguments: ["nc": nc, "nf": nf]) }
  var input: InputSize { InputSize(channels: nc, height: 256, width: 256, isFixed: true) }
  var preprocessing: String { "half" }
  var definesPreprocessing: Bool { true }
  var defaultLayer: (path: String, reason: String) { ("resnet_blocks.4", "the last residual block") }

  func build(_ network: NetworkBuilder) -> Value {
    let widths = [nc] + (0..<5).map { nf << $0 }
    let features = network.module("resnet_blocks", kind: "Sequential", network.input) { x in
      (0..<5).reduce(x) { x, index in
        network.module("\(index)", kind: "ResNetBlock", x) { block(network, $0, widths[index], widths[index + 1]) }
      }
    }
    return network.module("classifier", kind: "Sequential", features) { x in
      let logits = network.conv2d("0", x, widths[5], 1, kernel: 8)
      return network.add(Sigmoid(), network.add(Identity.dropout, logits, as: "1"), as: "2")
    }
  }

  private func block(_ network: NetworkBuilder, _ x: Value, _ input: Int, _ output: Int) -> Value {
    var y = network.conv2d("conv1", x, input, output, kernel: 3, stride: 2, padding: 1)
    y = network.function(ReLU(), network.batchNorm2d("bn1", y, output))
    y = network.conv2d("conv2", y, output, output, kernel: 3, padding: 1)
    y = network.batchNorm2d("bn2", y, output)
    let shortcut = network.module("shortcut", kind: "Sequential", x) { x in
      network.batchNorm2d("1", network.conv2d("0", x, input, output, kernel: 1, stride: 2), output)
    }
    return network.function(ReLU(), network.function(Add(), y, shortcut))
  }
}
