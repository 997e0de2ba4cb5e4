import TestSupport
import Testing

/// What methods and their options refuse: status 2 and one line, before any work. The image is missing, and nobody notices.
@Suite struct MethodErrorTests {
  private func expectRefusal(_ folder: Workplace, _ model: String, _ words: [String], _ line: String) throws {
    let outcome = try Tool.run(["explain", "missing.jpg", "-w", model, "-d", "maps"] + words, in: folder)
    // What was assumed of a model is said before it is found wanting.
    let errors = outcome.errors.filter { !$0.contains("assumed") && !$0.contains("warning: ") }
    #expect(outcome.status == 2 && errors == ["gradcam: \(line)"], "\(words): \(outcome.errors)")
    #expect(outcome.output.isEmpty && folder.made == [])
  }

  private static let cases: [(model: String, words: [String], line: String)] = [
    (
      "xray.pth", ["-m", "cam"],
      "--method: cam needs a linear head behind global average pooling, and resnet_blocks.4 does not lead into one (gradcam, which equals it where there is one)"
    ),
    (
      "cifar.th", ["-m", "cam", "-l", "layer2"],
      "--method: cam needs a linear head behind global average pooling, and layer2 does not lead into one (gradcam, which equals it where there is one)"
    ),
    (
      "cifar.th", ["-m", "layercam", "-l", "linear"],
      "--layer: linear has no spatial extent (its output is [1, 10]) (a layer before pooling, such as layer3)"
    ),
    (
      "xray.pth", ["-m", "layercam", "-l", "classifier.0"],
      "--layer: classifier.0 has no spatial extent (its output is [1, 1, 1, 1]) (a layer before pooling, such as resnet_blocks.4)"
    ),
    ("xray.pth", ["-m", "finercam"], "--method: finercam compares classes, and the model has one output (gradcam)"),
    (
      "xray.pth", ["-m", "refinecam"],
      "--method: refinecam multiplies the maps of several layers, and one is named (--layer PATH,PATH)"
    ),
    (
      "xray.pth", ["-m", "attention"],
      "--method: attention shows attention, and the model has none among places of the picture (gradcam)"
    ),
    (
      "xray.pth", ["-m", "rollout"],
      "--method: rollout shows attention, and the model has none among places of the picture (gradcam)"
    ),
    (
      "xray.pth", ["-m", "gradrollout"],
      "--method: gradrollout shows attention, and the model has none among places of the picture (gradcam)"
    ),
    (
      "xray.pth", ["-m", "chefer"],
      "--method: chefer shows attention, and the model has none among places of the picture (gradcam)"
    ),
    (
      "xray.pth", ["-m", "legrad"],
      "--method: legrad shows attention, and the model has none among places of the picture (gradcam)"
    ),
    (
      "xray.pth", ["-m", "vitreciprocam"],
      "--method: vitreciprocam masks tokens, and resnet_blocks.4 is a feature map (reciprocam)"
    ),
    (
      "xray.pth", ["--head-fusion", "max"],
      "--head-fusion: none of the methods makes one of heads so (--method rollout)"
    ),
    (
      "xray.pth", ["--discard-ratio", "0.5"],
      "--discard-ratio: none of the methods leaves any out (--method rollout or gradrollout)"
    ),
    (
      "xray.pth", ["-m", "rollout", "--discard-ratio", "1"],
      "--discard-ratio: '1' is out of range (a number from 0 to below 1)"
    ),
    ("xray.pth", ["-m", "gradcan"], "--method: there is no method 'gradcan' (did you mean gradcam?)"),
    ("xray.pth", ["--fuse", "mean"], "--fuse: joins the maps of several layers, and one is named (--layer PATH,PATH)"),
    (
      "xray.pth", ["-m", "rise", "--samples", "0"], "--samples: '0' is out of range (a whole number from 1 to 1000000)"
    ),
    ("xray.pth", ["-m", "rise", "--batch", "0"], "--batch: '0' is out of range (a whole number from 1 to 1024)"),
    ("xray.pth", ["-m", "rise", "--budget", "0"], "--budget: '0' is out of range (seconds, above 0)"),
    ("xray.pth", ["-m", "rise", "--budget", "nan"], "--budget: 'nan' is not a number (seconds, above 0)"),
    ("xray.pth", ["--budget", "2"], "--budget: none of the methods draws samples (a sampling method, such as rise)"),
    ("xray.pth", ["--samples", "2"], "--samples: none of the methods draws samples (a sampling method, such as rise)"),
    (
      "xray.pth", ["-m", "integratedgradients", "--samples", "10001"],
      "--samples: 10001 steps are too many (up to 10000)"
    ),
    ("xray.pth", ["--against", "positive"], "--against: names the class that is explained itself (another class)"),
    ("cifar.th", ["-t", "3", "--against", "3"], "--against: names the class that is explained itself (another class)"),
    (
      "cifar.th", ["-t", "4", "-t", "3", "--against", "3"],
      "--against: names the class that is explained itself (another class)"
    ),
    ("cifar.th", ["--against", "all"], "--against: takes one class (an index or a label)"),
    ("cifar.th", ["--against", "10"], "--against: 10 is no class of this model (0 to 9)"),
    (
      "cifar.th", ["-m", "fem", "--against", "1"],
      "--against: fem knows no class (a method that does, such as gradcam)"
    ),
    (
      "xray.pth", ["-m", "fem", "--counterfactual"],
      "--counterfactual: fem knows no class (a method that does, such as gradcam)"
    ),
    (
      "cifar.th", ["--counterfactual", "--against", "1"],
      "--counterfactual: cannot be given with --against, which compares two classes "
        + "(one of the two, or the two classes exchanged)"
    ),
    ("xray.pth", ["--scale", "0"], "--scale: '0' is out of range (a number above 0, in units of the unscaled map)"),
    ("xray.pth", ["--scale=-2"], "--scale: '-2' is out of range (a number above 0, in units of the unscaled map)"),
    (
      "xray.pth", ["--scale", "nan"], "--scale: 'nan' is not a number (a number above 0, in units of the unscaled map)"
    ),
    (
      "xray.pth", ["--scale", "1e39"],
      "--scale: '1e39' is out of range (a number above 0, in units of the unscaled map)"
    ),
    (
      "xray.pth", ["--scale", "1e-60"],
      "--scale: '1e-60' is out of range (a number above 0, in units of the unscaled map)"
    ),
    (
      "xray.pth", ["--scale", "2", "--normalize", "minmax"],
      "--scale: is one scale for all maps, and --normalize minmax another for each (one of the two)"
    ),
  ]

  @Test(arguments: cases.indices) func `Usage errors come before any image`(_ index: Int) throws {
    let (model, words, line) = Self.cases[index]
    try expectRefusal(Workplace(model), model, words, line)
  }

  /// A convolution without a bias, `middle` from `a` to `y`, and the values of `y` for scores.
  private func network(_ middle: [Wire]) -> [UInt8] {
    let sizes = { (name: String, sizes: [Int]) in
      Wire.tensor(name, type: 7, [sizes.count], raw: sizes.flatMap { [UInt8($0)] + [UInt8](repeating: 0, count: 7) })
    }
    let weights = Wire.tensor("w", [4, 3, 3, 3], raw: Array(repeating: 0, count: 4 * 3 * 9 * 4))
    let graph = Wire.graph(
      [Wire.node("conv", "Conv", ["x", "w"], ["a"])] + middle + [Wire.node("flat", "Flatten", ["y"], ["scores"])],
      inputs: [Wire.value("x", [1, 3, 8, 8])], outputs: [Wire.value("scores", [])],
      initializers: [weights, sizes("two", [2, 2, 6, 6]), sizes("one", [1, 4, 6, 6])])
    return Wire.model(graph).bytes
  }

  @Test func `A model without biases or without ReLUs`() throws {
    let folder = Workplace()
    folder.put(network([Wire.node("act", "Sigmoid", ["a"], ["y"])]), as: "smooth.onnx")
    try expectRefusal(
      folder, "smooth.onnx", ["-m", "fullgrad"],
      "--method: fullgrad sums gradients at biases, and no convolution or batch norm of the model has any (inputxgradient)"
    )
    for method in ["guidedbackprop", "deconvnet", "guidedgradcam"] {
      try expectRefusal(
        folder, "smooth.onnx", ["-m", method],
        "--method: \(method) changes what ReLUs pass back, and the model has none (saliency)")
    }
  }

  @Test func `A layer whose features lie along the axis of images`() throws {
    let folder = Workplace()
    let middle = [
      Wire.node("apart", "Reshape", ["a", "two"], ["b"]), Wire.node("together", "Reshape", ["b", "one"], ["y"]),
    ]
    folder.put(network(middle), as: "folded.onnx")
    let line = """
      --layer: b is no feature map: its output [2, 2, 6, 6] has features along several axes, as the tokens of an \
      attention's heads have, or places among them (a layer whose positions form a grid, such as a)
      """
    try expectRefusal(folder, "folded.onnx", ["-l", "b"], line)
    try expectRefusal(folder, "folded.onnx", ["-l", "a,b", "--fuse", "mean"], line)
  }

  /// Which class an image shows is found out with the image: that one fails, and the others do not.
  @Test func `An image that shows the class to compare with`() throws {
    let folder = Workplace("tiny.png", "cifar.th")
    let explain = { (words: [String]) in
      try Tool.run(["explain", "tiny.png", "-w", "cifar.th", "--jsonl", "--quiet"] + words, in: folder)
    }
    let top = Int(try JSON(try explain(["-o", "x.png"]).text)["prediction"][0]["index"].number ?? -1)
    let same = try explain(["--against", "\(top)", "-o", "y.png"])
    #expect(same.status == 1 && folder.bytes("y.png") == nil)
    #expect(
      try JSON(same.text)["error"].text
        == "--against: class \(top) is the one that the image shows itself (--target CLASS, or --against another)")
    let other = try explain(["--against", "\((top + 1) % 10)", "-o", "z.png"])
    #expect(try other.status == 0 && JSON(other.text)["maps"][0]["target"]["index"].number == Double(top))
    let all = try explain(["-t", "all", "--against", "\(top)", "-d", "all"])
    #expect(try all.status == 0 && JSON(all.text)["maps"].count == 9)
  }
}
