import Testing

@testable import GradCAMCore

/// What a network does to its input before its first convolution, however that is written.
@Suite struct InputNormalizationTests {
  /// The normalisation of a network that begins so, and the preset that it fits.
  private func found(_ channels: Int = 3, _ build: (GraphBuilder) -> Value) throws -> (
    InputNormalization?, preset: String?
  ) {
    let builder = GraphBuilder(kind: "Small")
    let begun = build(builder)
    let convolution = Conv2d(
      weight: Networks.values(Shape(4, channels, 3, 3), seed: 3), padding: Padding(1))
    let x = builder.function(ReLU(), builder.add(convolution, begun, as: "conv"))
    let graph = builder.graph(output: builder.function(AdaptiveAvgPool2d(), x))
    let normalization = graph.inputNormalization(try graph.shapes(for: Shape(1, channels, 6, 5)))
    return (normalization, normalization?.preset(inputChannels: channels))
  }

  private static func constant(_ values: [Float]) -> Tensor {
    values.count == 1 ? Tensor(values, Shape()) : Tensor(values, Shape(1, values.count, 1, 1))
  }

  private static func bound(_ operation: any GradCAMCore.Operation, _ values: [Float]) -> BoundOperation {
    BoundOperation(operation, constants: [1: constant(values)], count: 2)
  }

  private static let mean: [Float] = [0.485, 0.456, 0.406]
  private static let std: [Float] = [0.229, 0.224, 0.225]

  /// Steps, and the preset that networks which begin with them are made for; nil where they do not tell.
  private static let chains: [(name: String, steps: [any GradCAMCore.Operation], preset: String?)] = [
    ("ImageNet's numbers", [bound(Sub(), mean), bound(Div(), std)], "unit"),
    ("the same of 0…255", [bound(Sub(), mean.map { $0 * 255 }), bound(Div(), std.map { $0 * 255 })], "raw"),
    ("the same of −1…1", [bound(Add(), [1]), bound(Div(), [2]), bound(Sub(), mean), bound(Div(), std)], "tf"),
    (
      "the same by multiplying", [bound(Mul(), std.map { 1 / $0 }), bound(Add(), zip(mean, std).map { -$0 / $1 })],
      "unit"
    ),
    ("x · 2 − 1", [bound(Mul(), [2]), bound(Sub(), [1])], "unit"),
    ("x / 127.5 − 1", [bound(Div(), [127.5]), bound(Sub(), [1])], "raw"), ("x / 255", [bound(Div(), [255])], "raw"),
    ("x · 255", [bound(Mul(), [255])], "unit"), ("x − 0.5", [bound(Sub(), [0.5])], "unit"),
    ("a mean of 0…255 alone", [bound(Sub(), [103.939, 116.779, 123.68])], "raw"),
    // torchvision's GoogLeNet and Inception take ImageNet's normalisation away again, and give their own.
    ("transform_input", [bound(Mul(), std.map { $0 / 0.5 }), bound(Add(), mean.map { ($0 - 0.5) / 0.5 })], "imagenet"),
    (
      "a batch norm",
      [BatchNorm2d(weight: [1, 1, 1], bias: [0, 0, 0], runningMean: mean, runningVar: std.map { $0 * $0 })], "unit"
    ),
    (
      "a batch norm of normalised images",
      [BatchNorm2d(weight: [1, 1, 1], bias: [0, 0, 0], runningMean: [0.1, 0, -0.1], runningVar: [1, 1.2, 0.9])],
      "imagenet"
    ),
    (
      "a 1×1 convolution a channel",
      [
        Conv2d(
          weight: Tensor(std.map { 1 / (255 * $0) }, Shape(3, 1, 1, 1)),
          bias: Tensor(zip(mean, std).map { -$0 / $1 }, Shape(3)), groups: 3)
      ], "raw"
    ),
    (
      "casts and layouts", [Identity(), Transpose([0, 2, 3, 1]), bound(Div(), [255]), Transpose([0, 3, 1, 2])], "raw"
    ),
    ("nothing", [], nil), ("a factor", [bound(Mul(), [2])], nil), ("an identity", [Identity()], nil),
    ("a ReLU first", [ReLU(), bound(Div(), [255])], nil),
    ("channels that are mixed", [Networks.conv(3, 3, kernel: 1, seed: 9)], nil),
  ]

  @Test(arguments: chains.indices) func `Constants tell what they fit`(_ index: Int) throws {
    let (name, steps, preset) = Self.chains[index]
    let found = try found { builder in steps.reduce(builder.input) { builder.function($1, $0) } }
    #expect(found.preset == preset, "\(name)")
  }

  @Test func `Channels that are scaled one by one, and turned round`() throws {
    let (normalization, preset) = try found { builder in
      let channels = [2, 1, 0].map { channel in
        let slice = builder.function(
          Slice([Slice.Range(axis: 1, start: channel, end: channel + 1)]), builder.input)
        return builder.function(Self.bound(Sub(), [Float(100 + channel)]), slice)
      }
      return builder.add(Concat(axis: 1), channels, as: "cat")
    }
    #expect(normalization?.channels.map(\.source) == [2, 1, 0])
    #expect(normalization?.channels.map(\.shift) == [-102, -101, -100])
    #expect(normalization?.words == "takes 102/101/100 away" && preset == "raw")
  }

  @Test func `Channels that are picked by their numbers`() throws {
    let (normalization, preset) = try found { builder in
      builder.function(Self.bound(Sub(), [120]), builder.function(Gather(axis: 1, indices: [2, 1, 0]), builder.input))
    }
    #expect(normalization?.channels.map(\.source) == [2, 1, 0] && preset == "raw")
  }

  @Test func `Gray inputs`() throws {
    func preset(_ steps: [any GradCAMCore.Operation]) throws -> String? {
      try found(1) { builder in steps.reduce(builder.input) { builder.function($1, $0) } }.preset
    }
    #expect(try preset([Self.bound(Div(), [255]), Self.bound(Sub(), [0.5])]) == "raw")
    #expect(try preset([Self.bound(Sub(), [0.5]), Self.bound(Div(), [0.25])]) == "unit")
    #expect(try preset([]) == nil)
  }

  @Test func `A skip around the constants leaves them unseen`() throws {
    let (normalization, _) = try found { builder in
      let normalized = builder.function(Self.bound(Div(), [255]), builder.input)
      return builder.function(Mul(), normalized, builder.function(Sigmoid(), builder.input))
    }
    #expect(normalization == nil)
  }
}
