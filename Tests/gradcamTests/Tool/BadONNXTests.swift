import TestSupport
import Testing

/// ONNX files that cannot be explained: status 2, one line that names the node, the tensor or the option, and nothing left.
@Suite struct BadONNXTests {
  private static let image = Wire.value("x", [1, 3, 8, 8])
  private static let weights = Wire.tensor("w", [4, 3, 3, 3], raw: Array(repeating: 0, count: 4 * 3 * 9 * 4))
  private static let convolution = Wire.node("conv", "Conv", ["x", "w"], ["a"])
  private static let flatten = Wire.node("flat", "Flatten", ["y"], ["scores"])

  /// Conv, then `middle` from `a` to `y`, then Flatten.
  private static func network(
    _ middle: [Wire], inputs: [Wire] = [image], outputs: [String] = ["scores"], weights: [Wire] = [weights],
    functions: [Wire] = [], opset: Int = 17
  ) -> [UInt8] {
    let values = outputs.map { Wire.value($0, []) }
    let graph = Wire.graph([convolution] + middle + [flatten], inputs: inputs, outputs: values, initializers: weights)
    return Wire.model(graph, functions: functions, opset: opset).bytes
  }

  private static let sound = network([Wire.node("relu", "Relu", ["a"], ["y"])])

  private func refusal(_ bytes: some Sequence<UInt8>, _ words: String...) throws -> String {
    let folder = Workplace("photo.jpg")
    folder.put(bytes, as: "bad.onnx")
    let outcome = try Tool.run(["explain", "photo.jpg", "-w", "bad.onnx"] + words, in: folder)
    #expect(outcome.status == 2)
    #expect(outcome.output.isEmpty)
    // What was assumed of the file is said before it is found wanting.
    let errors = outcome.errors.filter { !$0.contains("warning: ") && !$0.contains("assumed") }
    #expect(errors.count == 1, "\(outcome.errors)")
    #expect(folder.made == [])
    let line = errors.first ?? ""
    let start = "gradcam: bad.onnx: "
    return line.hasPrefix(start) ? String(line.dropFirst(start.count)) : line
  }

  @Test func `What the others are made from is explained`() throws {
    let folder = Workplace("photo.jpg")
    folder.put(Self.sound, as: "sound.onnx")
    let outcome = try folder.run("explain", "photo.jpg", "-w", "sound.onnx")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(folder.made == ["photo.gradcam.png"])
  }

  // MARK: - Damage

  @Test func `Files cut short or changed end in a line, never in a signal`() throws {
    let folder = Workplace("photo.jpg")
    var random = SeededRandom(seed: 3)
    for trial in 0..<60 {
      var bytes = Self.sound
      if trial % 2 == 0 {
        bytes.removeLast(1 + Int(random.next() % UInt64(bytes.count - 1)))
      } else {
        for _ in 0..<3 { bytes[Int(random.next() % UInt64(bytes.count))] ^= UInt8(1 << (random.next() % 8)) }
      }
      folder.put(bytes, as: "bad.onnx")
      let outcome = try folder.run("inspect", "bad.onnx")
      #expect(outcome.status == 0 || outcome.status == 2, "trial \(trial): \(outcome.status), \(outcome.errors)")
      if outcome.status == 2 {
        #expect(outcome.errors.count >= 1 && outcome.errors.allSatisfy { $0.hasPrefix("gradcam: ") })
      }
    }
  }

  // MARK: - Graphs

  @Test(arguments: [
    ([Wire.node("relu", "Relu", ["nowhere"], ["y"])], "node relu (Relu) takes nowhere, which nothing makes"),
    (
      [Wire.node("one", "Relu", ["b"], ["y"]), Wire.node("two", "Relu", ["y"], ["b"])],
      "node two (Relu) takes y, which is made from what it makes"
    ),
    (
      [Wire.node("one", "Relu", ["a"], ["y"]), Wire.node("two", "Relu", ["a"], ["y"])],
      "node two (Relu) makes y, which is there already"
    ),
    ([Wire.node("choice", "If", ["a"], ["y"])], "node choice (If)"),
    ([Wire.node("again", "Loop", ["a"], ["y"])], "node again (Loop)"),
    ([Wire.node("scan", "Scan", ["a"], ["y"])], "node scan (Scan)"),
    (
      [Wire.node("drop", "Dropout", ["a", "", "t"], ["y"])],
      "node drop (Dropout) is in training mode (an export in eval mode)"
    ),
    (
      [Wire.node("bn", "BatchNormalization", ["a", "v", "v", "v", "v"], ["y"], attributes: [training])],
      "node bn (BatchNormalization) is in training mode (an export in eval mode)"
    ),
  ])
  func `Graphs that cannot run`(_ middle: [Wire], _ problem: String) throws {
    let constants = [
      Self.weights, Wire.tensor("t", type: 9, [], raw: [1]), Wire.tensor("v", [4], raw: Array(repeating: 0, count: 16)),
    ]
    let line = try refusal(Self.network(middle, weights: constants))
    #expect(line.contains(problem), "\(line)")
  }

  private static let training = Wire().string(1, "training_mode").int(3, 1).int(20, 2)

  @Test func `Every operator that is missing, at once`() throws {
    let nodes = [
      Wire.node("one", "Foreign", ["a"], ["b"]), Wire.node("two", "Stranger", ["b"], ["c"]),
      Wire.node("three", "Foreign", ["c"], ["y"]),
    ]
    let line = try refusal(Self.network(nodes))
    #expect(line.contains("has operators that are not supported: node one (Foreign), Stranger ("), "\(line)")
  }

  @Test func `Operators with a way out of their own`() throws {
    let quantised = [
      Wire.node("q", "QLinearConv", ["a"], ["b"]), Wire.node("own", "Special", ["b"], ["y"], domain: "com.example"),
    ]
    let line = try refusal(Self.network(quantised))
    let family = "whole numbers: node q (QLinearConv) (the float32 model, or one quantised in the QDQ format)"
    #expect(line.contains(family), "\(line)")
    let fused = [Wire.node(String(repeating: "long", count: 99), "FusedConv", ["a"], ["y"], domain: "com.microsoft")]
    let other = try refusal(Self.network(fused))
    #expect(other.hasSuffix("(an export without offline optimisation)") && other.utf8.count < 250, "\(other)")
  }

  @Test func `Functions that call themselves`() throws {
    let body = [Wire.node("inner", "Twice", ["p"], ["q"], domain: "local")]
    let function = Wire.function("Twice", ["p"], ["q"], body)
    let call = Wire.node("outer", "Twice", ["a"], ["y"], domain: "local")
    #expect(try refusal(Self.network([call], functions: [function])).contains("is in the function that it calls"))
  }

  @Test func `Names that stand for two things`() throws {
    let relu = [Wire.node("relu", "Relu", ["a"], ["y"])]
    #expect(try refusal(Self.network(relu, weights: [Self.weights, Self.weights])) == "has the tensor w twice")
  }

  @Test(arguments: [0, 6]) func `Operators before any that are known`(_ opset: Int) throws {
    let relu = [Wire.node("relu", "Relu", ["a"], ["y"])]
    #expect(try refusal(Self.network(relu, opset: opset)).contains("for operator set 7 or later"))
  }

  // MARK: - Tensors

  @Test(arguments: [
    (Wire.tensor("w", [4, 3, 3, 3], raw: [0, 0, 0, 0]), "tensor w"),
    (Wire.tensor("w", [1 << 40, 1 << 40], raw: []), "tensor w claims an absurd shape"),
    (Wire.tensor("w", [-1, 3, 3, 3], raw: []), "tensor w"),
    (Wire.external("w", [4, 3, 3, 3], ["location": "../w.data"]), "which is not in the model's folder"),
    (Wire.external("w", [4, 3, 3, 3], ["location": "/etc/passwd"]), "which is not in the model's folder"),
    (Wire.external("w", [4, 3, 3, 3], ["location": "missing.data"]), "missing.data: no such file"),
    (
      Wire.external("w", [4, 3, 3, 3], ["location": "photo.jpg", "offset": "99999999"]),
      "at byte 99999999 with 432 bytes"
    ),
  ])
  func `Weights that are not there`(_ weight: Wire, _ problem: String) throws {
    let line = try refusal(Self.network([Wire.node("relu", "Relu", ["a"], ["y"])], weights: [weight]))
    #expect(line.contains(problem) && line.contains("w"), "\(line)")
  }

  // MARK: - Networks that are none of an image's classes

  @Test func `Inputs that are not one image`() throws {
    let relu = [Wire.node("relu", "Relu", ["a"], ["y"])]
    let two = [Self.image, Wire.value("mask", [1, 1, 6, 6])]
    let masked = [Wire.node("add", "Add", ["a", "mask"], ["y"])]
    #expect(try refusal(Self.network(masked, inputs: two)).contains("has several inputs (x, mask)"))
    let number = [Self.image, Wire.value("size", [2])]
    let added = [Wire.node("add", "Add", ["a", "size"], ["y"])]
    let refused = try refusal(Self.network(added, inputs: number))
    #expect(refused.contains("node add (Add) takes the input size, which is no image"))
    #expect(try refusal(Self.network(relu, inputs: [])).contains("x"))
    #expect(try refusal(Self.network(relu, inputs: [Wire.value("x", [1, 8])])).contains("an input x of 2 axes"))
    let shape = Wire().messages(1, [1, 3, 8, 8].map { Wire().int(1, $0) })
    let integers = Wire().string(1, "x").message(2, Wire().message(1, Wire().int(1, 7).message(2, shape)))
    #expect(try refusal(Self.network(relu, inputs: [integers])).contains("an input x of type"))
  }

  @Test func `Networks without a feature map, or without classes`() throws {
    let nodes = [Wire.node("flat", "Flatten", ["x"], ["b"]), Wire.node("fc", "MatMul", ["b", "m"], ["scores"])]
    let matrix = Wire.tensor("m", [192, 2], raw: Array(repeating: 0, count: 192 * 2 * 4))
    let graph = Wire.graph(
      nodes, inputs: [Self.image], outputs: [Wire.value("scores", [1, 2])], initializers: [matrix])
    let line = try refusal(Wire.model(graph).bytes)
    #expect(line == "has no feature map of more than one position (a convolutional network)")
    let relu = [Wire.node("relu", "Relu", ["a"], ["y"])]
    #expect(try refusal(Self.network(relu, outputs: ["y"])).contains("[1, 4, 6, 6]"))
  }

  // MARK: - Options

  @Test(arguments: [
    (["--output-name", "score"], "scores"), (["--input-shape", "3x9x8"], "asks for 9 rows, and the model takes 8"),
    (["--input-shape", "1x8x8"], "asks for 1 channels, and the model takes 3"),
    (["--arch", "resnet18"], "is for state dicts"), (["--layer", "relus"], "relu"),
  ])
  func `Options that do not fit the file`(_ words: [String], _ problem: String) throws {
    let folder = Workplace("photo.jpg")
    folder.put(Self.sound, as: "sound.onnx")
    let outcome = try Tool.run(["explain", "photo.jpg", "-w", "sound.onnx"] + words, in: folder)
    #expect(outcome.status == 2)
    #expect(outcome.errors.last?.hasPrefix("gradcam: ") == true)
    #expect(outcome.errors.last?.contains(problem) == true, "\(outcome.errors)")
    #expect(outcome.errors.last?.contains(words[0]) == true, "\(outcome.errors)")
    #expect(folder.made == [])
  }
}
