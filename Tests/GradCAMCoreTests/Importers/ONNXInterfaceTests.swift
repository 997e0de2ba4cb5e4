import Glibc
import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// Which input of a file is the image and how it lies, which output is explained, and what stands beside them.
@Suite struct ONNXInterfaceTests {
  private static let plain = SmallNetwork("Relu c -> f")

  // MARK: Beside the output

  @Test func `Passes over what the output does not need`() throws {
    var network = Self.plain
    network.behind = SmallNetwork.nodes(
      "Foreign q -> a; Gather names,i0 -> b; ai.onnx.ml.ZipMap y -> z; com.microsoft.FusedConv x,ids -> u")
    network.weights = [
      .tensor("names", type: 8, [4]), SmallNetwork.integers("table", [2], [1, 2]),
      SmallNetwork.floats("broken", [1], [.nan]),
    ]
    network.inputs.append(.value("ids", [1, 7]))
    network.outputs += ["a", "b", "z", "u"].map { .value($0, []) }
    let model = try network.load()
    #expect(model.warnings.isEmpty)
    #expect(try Session(model.graph).forward(SmallNetwork.image()).output.logical() == Self.plain.scores())
    // A file of ours has them still, and passes over them.
    let path = FilePath("/tmp/gradcam-beside-\(UInt32.random(in: 0 ... .max)).bin")
    try model.write(to: path)
    defer { path.withCString { _ = unlink($0) } }
    let converted = try Model.load(path)
    #expect(converted.warnings.isEmpty)
    #expect(try Session(converted.graph).forward(SmallNetwork.image()).output.logical() == Self.plain.scores())
  }

  @Test func `Averages over a picture and its mirror image are refused as what they are`() throws {
    let nodes = SmallNetwork.nodes(
      """
      Slice x,last,all,columns,back -> g; Concat x,g -> b axis=0; Conv b,w -> c; Relu c -> r; GlobalAveragePool r -> p;\
      Flatten p -> q; MatMul q,m -> s; ReduceMean s -> y axes=[0]
      """)
    let weights = [
      SmallNetwork.floats("w", [4, 3, 3, 3], [Float](repeating: 0.1, count: 108)),
      SmallNetwork.floats("m", [4, 5], [Float](repeating: 1, count: 20)), SmallNetwork.integers("last", [1], [-1]),
      SmallNetwork.integers("all", [1], [.min]), SmallNetwork.integers("columns", [1], [3]),
      SmallNetwork.integers("back", [1], [-1]),
    ]
    let file = Wire.model(
      .graph(nodes, inputs: [.value("x", [1, 3, 6, 6])], outputs: [.value("y", [1, 5])], initializers: weights))
    let error = try inputError { _ = try Model.load(FileBytes(copying: file.bytes)) }
    let line = "\(error)"
    #expect(line.contains("runs 2 views of the picture at once"))
    #expect(line.hasSuffix("(an export without test-time augmentation)") && line.utf8.count < 250, "\(line)")
  }

  @Test func `Shapes of absurdly many sizes are clipped in errors`() throws {
    var network = SmallNetwork("Expand c,sizes -> f")
    network.weights = [SmallNetwork.integers("sizes", [99], [Int](repeating: .max, count: 99))]
    let refusal = try #require(network.refusal())
    #expect(refusal.contains(", …]") && refusal.utf8.count < 300, "\(refusal)")
  }

  @Test func `Says who needs a tensor that is not read`() throws {
    var network = SmallNetwork("Add c,names -> f")
    network.weights = [.tensor("names", type: 8, [4])]
    #expect(
      network.refusal()
        == "the node that makes f (Add) takes tensor names, which is one of the type string and not read (an export in float32)"
    )
    network.weights = []
    let sparse = Wire().message(1, .tensor("names", [1], raw: [0, 0, 0, 0]))
    let graph = Wire.graph(
      SmallNetwork.nodes("Conv x,w -> c; Add c,names -> y"), inputs: network.inputs,
      initializers: [SmallNetwork.floats("w", [1, 3, 1, 1], [1, 2, 3])])
    let error = #expect(throws: InputError.self) {
      try Model.load(FileBytes(copying: Wire.model(graph.message(15, sparse)).bytes))
    }
    #expect("\(try #require(error))".contains("takes tensor names, which is sparse and not read"))
  }

  // MARK: Outputs

  private func explained(_ outputs: [(String, [Int])], _ behind: String) throws -> (scores: Int, notes: [String]) {
    var network = Self.plain
    network.behind = SmallNetwork.nodes(behind)
    network.weights = [SmallNetwork.floats("m5", [8, 5], [Float](repeating: 0.1, count: 40))]
    network.outputs = outputs.map { .value($0.0, $0.1) }
    let model = try network.load()
    return (model.outputCount, model.notes.map(\.description))
  }

  @Test func `Explains the output that looks like scores, and says so`() throws {
    let note = "explains the output logits of features, logits (output-name chooses another)"
    let maps = try explained([("features", []), ("logits", [])], "Identity f -> features; Identity y -> logits")
    #expect(maps == (4, [note]))
    let pooled = try explained(
      [("features", [1, 8]), ("logits", [1, 4])], "Identity q -> features; Identity y -> logits")
    #expect(pooled == (4, [note]))
    // By what makes them.
    #expect(try explained([("419", [1, 8]), ("420", [1, 5])], "Identity q -> 419; MatMul q,m5 -> 420").scores == 5)
    // Class numbers, and shares of them, beside scores.
    let best = try explained([("label", []), ("y", [1, 4])], "ArgMax y -> label axis=1")
    #expect(best.scores == 4 && best.notes.count == 1)
    #expect(try explained([("y", [1, 4]), ("shares", [1, 4])], "Softmax y -> shares") == (4, []))
    #expect(try explained([("shares", [1, 4]), ("y", [1, 4])], "Softmax y -> shares") == (4, []))
    #expect(try explained([("y", [1, 4]), ("aux_logits", [1, 5])], "MatMul q,m5 -> aux_logits").scores == 4)
    // Two lists of scores: the first, and said.
    let two = try explained([("age", [1, 4]), ("kind", [1, 5])], "Identity y -> age; MatMul q,m5 -> kind")
    #expect(two == (4, ["explains the output age of age, kind (output-name chooses another)"]))
    // The choice that somebody makes is no news.
    var network = Self.plain
    network.behind = SmallNetwork.nodes("MatMul q,m -> other")
    network.outputs.append(.value("other", [1, 4]))
    #expect(try network.load { $0.outputName = "other" }.notes.isEmpty)
  }

  @Test func `Explains the scores that a table or the best is made of`() throws {
    for tail in ["ai.onnx.ml.ZipMap y -> t", "ArgMax y -> t axis=1", "TopK y,k -> t,u axis=1"] {
      var network = Self.plain
      network.behind = SmallNetwork.nodes(tail)
      network.weights = [SmallNetwork.integers("k", [1], [2])]
      network.outputs = [.value("t", [])]
      #expect(try network.scores() == Self.plain.scores())
    }
  }

  @Test func `Names the outputs where none is a list of classes`() throws {
    var network = Self.plain
    network.behind = SmallNetwork.nodes("Neg f -> g")
    network.outputs = [.value("f", []), .value("g", [])]
    #expect(
      network.refusal()
        == "has no output that is a list of classes: its outputs are g [1, 8, 4, 4], f [1, 8, 4, 4] (an export of the classifier's scores)"
    )
  }

  @Test func `A converted file explains what was chosen`() throws {
    var network = Self.plain
    network.behind = SmallNetwork.nodes("MatMul q,m5 -> other")
    network.weights = [SmallNetwork.floats("m5", [8, 5], [Float](repeating: 0.1, count: 40))]
    network.outputs.append(.value("other", [1, 5]))
    let path = FilePath("/tmp/gradcam-chosen-\(UInt32.random(in: 0 ... .max)).bin")
    defer { path.withCString { _ = unlink($0) } }
    for (name, count) in [("other", 5), ("y", 4)] {
      try network.load { $0.outputName = name }.write(to: path)
      #expect(try Model.load(path).outputCount == count)
    }
  }

  // MARK: Inputs

  @Test func `Takes the one image among the inputs that are needed`() throws {
    var network = SmallNetwork("Cast ids -> number to=1; ReduceSum number -> sum keepdims=0; Add c,sum -> f")
    network.inputs = [.value("ids", [1, 4])] + network.inputs
    #expect(
      network.refusal()
        == "the node that makes number (Cast) takes the input ids, which is no image (an export in which it is a constant)"
    )
    network.middle = SmallNetwork.nodes("Relu c -> f")
    #expect(try network.scores() == Self.plain.scores())
    network.middle = SmallNetwork.nodes("Add c,mask -> f")
    network.inputs.append(.value("mask", [1, 1, 4, 4]))
    #expect(network.refusal() == "has several inputs (x, mask) (a network of one image)")
  }

  @Test(arguments: [
    "Conv x,g -> c", "Cast x -> a to=1; Conv a,g -> c", "Mul x,half -> a; Sub a,half -> b; Conv b,g -> c",
    "Identity x -> a; Pad a,pads -> b; Conv b,g -> c", "Sub x,four -> a; Relu a -> b; Conv b,g -> c",
    "Abs g -> h; Conv x,h -> c", "BatchNormalization x,s,s,s,s -> a; Conv a,g -> c",
  ])
  func `Channels that are left open are those of the first weights`(_ start: String) throws {
    let sizes = Wire().messages(1, (0..<4).map { Wire().string(2, "axis\($0)") })
    let input = Wire().string(1, "x").message(2, Wire().message(1, Wire().int(1, 1).message(2, sizes)))
    let weights = [
      SmallNetwork.floats("g", [2, 4, 3, 3], [Float](repeating: 0.1, count: 72)),
      SmallNetwork.floats("half", [1], [0.5]), SmallNetwork.floats("four", [1, 4, 1, 1], [1, 2, 3, 4]),
      SmallNetwork.floats("s", [4], [1, 1, 1, 1]), SmallNetwork.integers("pads", [8], [0, 0, 1, 1, 0, 0, 1, 1]),
    ]
    let tail = SmallNetwork.nodes("GlobalAveragePool c -> p; Flatten p -> y")
    let graph = Wire.graph(SmallNetwork.nodes(start) + tail, inputs: [input], initializers: weights)
    let file = FileBytes(copying: Wire.model(graph).bytes)
    let source = ModelSource(inMemory: file)
    let network = try ImportedNetwork.load(source, folder: nil, Model.Overrides(), threads: 1)
    #expect(network.input.channels == 4)
  }

  /// As Keras' Rescaling and Normalization are exported; the numbers of channels and of rows may be open.
  @Test(arguments: [[-1, 8, 8, 3], [-1, -1, -1, 3], [-1, -1, -1, -1], [1, 3, 3, 3], [-1, 8, 8, 1]])
  func `Steps before the first Transpose leave the channels last`(_ sizes: [Int]) throws {
    let channels = sizes[3] == 1 ? 1 : 3
    let nodes = SmallNetwork.nodes(
      """
      Cast x -> z to=1; Mul z,scale -> a; Sub a,mean -> b; Div b,std -> d; Transpose d -> t perm=[0,3,1,2];\
      Conv t,g -> c; Relu c -> e; GlobalAveragePool e -> p; Flatten p -> y
      """)
    let weights = [
      SmallNetwork.floats("scale", [], [1 / 255]),
      SmallNetwork.floats("mean", [channels], [Float](repeating: 0.5, count: channels)),
      SmallNetwork.floats("std", [channels], [Float](repeating: 0.25, count: channels)),
      SmallNetwork.floats("g", [2, channels, 2, 2], [Float](repeating: 0.1, count: 8 * channels)),
    ]
    let graph = Wire.graph(nodes, inputs: [.value("x", sizes)], initializers: weights)
    let model = try Model.load(FileBytes(copying: Wire.model(graph).bytes))
    let size = sizes[1] == -1 ? 224 : sizes[1]
    #expect((model.input.channels, model.input.height, model.input.width) == (channels, size, size))
    // The graph does it: raw samples are what it takes.
    #expect(try model.preprocessor().specification.scale == 1)
  }

  // MARK: Batches

  /// The same network exported for five images and for one.
  private func expectSame(_ middle: (Int) -> String, _ weights: (Int) -> [Wire]) throws {
    func network(_ batch: Int) -> SmallNetwork {
      var network = SmallNetwork(middle(batch))
      network.inputs = [.value("x", [batch, 3, 6, 6])]
      network.weights = weights(batch)
      return network
    }
    #expect(try network(5).scores() == network(1).scores())
  }

  @Test func `Runs what was exported for a batch image by image`() throws {
    try expectSame { _ in
      "Relu c -> f"
    } _: { _ in
      []
    }
    // The number of images is in the sizes of reshapes.
    try expectSame { _ in
      "Reshape c,flat -> a; Relu a -> b; Reshape b,map -> f"
    } _: {
      [SmallNetwork.integers("flat", [2], [$0, -1]), SmallNetwork.integers("map", [4], [$0, 8, 4, 4])]
    }
    // Windows: images and places in one axis, the images outside.
    try expectSame { _ in
      "Reshape c,split -> a; Transpose a -> b perm=[0,2,1,3]; Reshape b,rows -> d; MatMul d,eight -> e;"
        + "Reshape e,whole -> g; Transpose g -> h perm=[0,2,1,3]; Reshape h,map -> f"
    } _: {
      [
        SmallNetwork.integers("split", [4], [$0, 8, 2, 8]), SmallNetwork.integers("rows", [3], [2 * $0, 8, 8]),
        SmallNetwork.integers("whole", [4], [$0, 2, 8, 8]), SmallNetwork.integers("map", [4], [$0, 8, 4, 4]),
        SmallNetwork.floats("eight", [8, 8], (0..<64).map { Float($0 % 5) }),
      ]
    }
    // Places first, as attention has it: images inside.
    try expectSame { _ in
      "Reshape c,tokens -> a; Transpose a -> b perm=[2,0,1]; Reshape b,rows -> d; MatMul d,eight -> e;"
        + "Reshape e,back -> g; Transpose g -> h perm=[1,2,0]; Reshape h,map -> f"
    } _: {
      [
        SmallNetwork.integers("tokens", [3], [$0, 8, 16]), SmallNetwork.integers("rows", [2], [16 * $0, 8]),
        SmallNetwork.integers("back", [3], [16, $0, 8]), SmallNetwork.integers("map", [4], [$0, 8, 4, 4]),
        SmallNetwork.floats("eight", [8, 8], (0..<64).map { Float($0 % 5) }),
      ]
    }
    // A class token for each image, all alike.
    try expectSame { _ in
      "Reshape c,tokens -> a; Concat a,token -> b axis=2; ReduceMean b -> d axes=[2]; Reshape d,map -> f"
    } _: {
      [
        SmallNetwork.integers("tokens", [3], [$0, 8, 16]), SmallNetwork.integers("map", [4], [$0, 8, 1, 1]),
        SmallNetwork.floats("token", [$0, 8, 1], (0..<8 * $0).map { Float($0 % 8) }),
      ]
    }
  }

  @Test(arguments: [
    "ReduceMean c -> mean axes=[0]; Sub c,mean -> f", "Add c,different -> f",
    "Transpose c -> a perm=[1,0,2,3]; Reshape a,map -> f",
  ])
  func `Refuses a network that mixes the images of a batch`(_ middle: String) throws {
    var network = SmallNetwork(middle)
    network.inputs = [.value("x", [2, 3, 6, 6])]
    network.weights = [
      SmallNetwork.floats("different", [2, 1, 1, 1], [1, 2]), SmallNetwork.integers("map", [4], [2, 8, 4, 4]),
    ]
    let refusal = try #require(network.refusal())
    #expect(refusal.hasPrefix("was exported for a batch of 2, and "), "\(refusal)")
    #expect(refusal.hasSuffix("takes no single image (an export for a batch of one)"), "\(refusal)")
  }

  /// Shapes are the same for any number of images; what an image gives is not.
  @Test(arguments: [
    "Softmax c -> f axis=0", "LogSoftmax c -> f axis=0",
    "Transpose c -> a perm=[2,1,0,3]; Softmax a -> b axis=2;"
      + "Transpose b -> f perm=[2,1,0,3]", "CumSum c,first -> f", "CumSum c,first -> f reverse=1",
    "Transpose c -> a perm=[2,1,0,3]; AveragePool a -> b kernel_shape=[3,1] pads=[1,0,1,0]; Transpose b -> f perm=[2,1,0,3]",
  ])
  func `Refuses a network that looks along the images of a batch`(_ middle: String) throws {
    var network = SmallNetwork(middle)
    network.inputs = [.value("x", [4, 3, 6, 6])]
    network.weights = [SmallNetwork.integers("first", [], [0])]
    let expected =
      "was exported for a batch of 4, whose images change each other's scores (an export for a batch of one)"
    #expect(network.refusal() == expected)
  }

  // MARK: Families of operators

  @Test(arguments: [
    ("QuantizeLinear c -> a; QLinearConv a -> b; com.microsoft.QLinearAdd b,b -> f", "whole numbers"),
    ("ConvInteger c -> f", "one quantised in the QDQ format"), ("MatMulInteger c,c -> f", "QDQ"),
    ("com.microsoft.DynamicQuantizeMatMul c,c -> f", "QDQ"),
    ("com.microsoft.FusedConv c,w -> f", "(an export without offline optimisation)"),
    ("com.ms.internal.nhwc.Conv c,w -> f", "(an export without offline optimisation)"),
    ("com.microsoft.nchwc.ReorderInput c -> f", "(an export without offline optimisation)"),
    ("org.pytorch.aten.ATen c -> f", "(an export without ATen fallback)"),
    ("ai.onnx.ml.Scaler c -> f", "classical machine learning"), ("RandomNormalLike c -> f", "draws random numbers"),
    ("ai.onnx.preview.training.Gradient c -> f", "(an export of the model in eval mode)"),
    ("com.example.Own c -> f", "not ONNX's own: the node that makes f (Own) of com.example"),
    (
      "One c -> a; Two a -> b; Three b -> d; One d -> e; Four e -> g; Five g -> h; Six h -> f",
      "the node that makes a (One), Two, Three and 3 more kinds"
    ),
  ])
  func `Refuses operators by family, in a line with one way out`(_ middle: String, _ words: String) throws {
    let refusal = try #require(SmallNetwork(middle).refusal())
    #expect(refusal.contains(words) && refusal.utf8.count <= 250, "\(refusal)")
  }
}
