import ModelFormats
import TestSupport
import Testing

/// What is refused and said of networks of tokens: usage errors of one line that name what would work, before any image is looked at.
@Suite struct TokenLayerTests {
  private static let heads =
    "has features along several axes, as the tokens of an attention's heads have, or places among them"
  private static let dropped = "the network reads only special tokens, and none of the picture's"
  private static let last = "(a layer before, such as blocks.1.norm1, the last that every patch goes through)"

  private static let cases: [(model: String, words: [String], line: String)] = [
    // Behind the choice of the class token, where patches have no gradient.
    (
      "token-old", ["-l", "blocks.1"],
      "--layer: blocks.1 is no layer to explain: of its output [1, 26, 8] \(dropped) \(last)"
    ),
    (
      "token-current", ["-l", "norm"],
      "--layer: norm is no layer to explain: of its output [1, 26, 8] \(dropped) \(last)"
    ),
    // Tokens without a grid.
    (
      "token-old", ["-l", "blocks.1.attn.softmax"],
      """
      --layer: blocks.1.attn.softmax is no feature map: its output [1, 2, 26, 26] \(heads) (a layer whose positions form a grid, \
      such as blocks.1.norm1 or blocks.1.attn.qkv or proj)
      """
    ),
    (
      "token-old", ["-l", "head"],
      "--layer: head has no spatial extent (its output is [1, 5]) (a layer before pooling, such as blocks.1.norm1)"
    ),
    // Methods that a network cannot serve.
    (
      "token-old", ["-m", "cam"],
      """
      --method: cam needs a linear head behind global average pooling, and blocks.1.norm1 does not lead into one (gradcam, \
      which equals it where there is one)
      """
    ),
    (
      "window-old", ["-m", "attention"],
      """
      --method: attention shows the last attention over the whole picture, and blocks.1.attn.softmax sees a part at a time \
      (gradcam)
      """
    ),
    (
      "window-old", ["-m", "rollout"],
      """
      --method: rollout follows every token to every token through all attentions, and blocks.0.attn.softmax sees others or a \
      part (gradcam)
      """
    ),
    (
      "inner-old", ["-m", "chefer"],
      """
      --method: chefer follows every token to every token through all attentions, and inner.attn.softmax sees others or a part \
      (attention, which shows the last one, or gradcam)
      """
    ),
    (
      "branches-current", ["-m", "gradrollout"],
      """
      --method: gradrollout follows tokens through all attentions, and branches of patches stand beside each other here \
      (attention, which shows the last one, or gradcam)
      """
    ),
  ]

  @Test(arguments: cases.indices) func `Layers and methods that do not fit`(_ index: Int) throws {
    let (model, words, line) = Self.cases[index]
    let folder = Workplace()
    folder.put(Workplace.fixture("../tokens/\(model).onnx"), as: "m.onnx")
    try expectRefusal(folder, words, line)
  }

  private func expectRefusal(_ folder: Workplace, _ words: [String], _ line: String) throws {
    let outcome = try Tool.run(["explain", "missing.jpg", "-w", "m.onnx", "-o", "map.png"] + words, in: folder)
    let errors = outcome.errors.filter { !$0.contains("assumed") }
    #expect(outcome.status == 2 && errors == ["gradcam: \(line)"], "\(words): \(outcome.errors)")
    #expect(errors.allSatisfy { $0.utf8.count <= 300 } && folder.made == [])
  }

  // MARK: - Sequences and embeddings

  private static func numbers(_ count: Int) -> [UInt8] { Array(repeating: 0, count: 4 * count) }

  private static func sizes(_ name: String, _ sizes: [Int]) -> Wire {
    Wire.tensor(
      name, type: 7, [sizes.count],
      raw: sizes.flatMap { size in (0..<8).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) } })
  }

  private static func integers(_ name: String, _ values: [Int]) -> Wire {
    values.reduce(Wire().string(1, name)) { $0.int(8, $1) }.int(20, 7)
  }

  /// Patches of 2 × 2 pixels as tokens `t` of 4 features, then `middle` to `y`, and its mean for scores.
  ///
  /// - Parameter side: of the picture; nil leaves it open.
  private static func tokens(_ middle: [Wire], side: Int?, _ initializers: [Wire]) -> [UInt8] {
    let nodes =
      [
        Wire.node("proj", "Conv", ["x", "w"], ["a"], attributes: [integers("strides", [2, 2])]),
        Wire.node("flat", "Reshape", ["a", "line"], ["b"]),
        Wire.node("turn", "Transpose", ["b"], ["t"], attributes: [integers("perm", [0, 2, 1])]),
      ] + middle + [
        Wire.node(
          "mean", "ReduceMean", ["y"], ["scores"],
          attributes: [integers("axes", [1]), Wire().string(1, "keepdims").int(3, 0).int(20, 2)])
      ]
    let open = ["h", "w"].map { name in side.map { Wire().int(1, $0) } ?? Wire().string(2, name) }
    let shape = Wire().messages(1, [Wire().int(1, 1), Wire().int(1, 3)] + open)
    let weights = [Wire.tensor("w", [4, 3, 2, 2], raw: numbers(48)), sizes("line", [1, 4, -1])]
    return Wire.model(
      Wire.graph(
        nodes, inputs: [Wire().string(1, "x").message(2, Wire().message(1, Wire().int(1, 1).message(2, shape)))],
        outputs: [Wire.value("scores", [])],
        initializers: weights + initializers)
    ).bytes
  }

  @Test func `Sequences whose length fits no grid`() throws {
    let folder = Workplace()
    // 16 patches of a 4 × 4 grid; the first 15 are no rows of it.
    let cut = [
      Wire.node("cut", "Slice", ["t", "start", "end", "axis"], ["c"]), Wire.node("act", "Relu", ["c"], ["y"]),
    ]
    let bounds = [Self.sizes("start", [0]), Self.sizes("end", [15]), Self.sizes("axis", [1])]
    folder.put(Self.tokens(cut, side: 8, bounds), as: "m.onnx")
    try expectRefusal(
      folder, [],
      """
      --layer: has to be named: tokens or cells of its later layers cannot be followed through c (slice) (such as \
      --layer a, the last that is known)
      """)
    try expectRefusal(
      folder, ["-l", "y"],
      """
      --layer: y is no feature map that is known: which tokens or cells of its output [1, 15, 4] are rows and columns cannot \
      be followed through c (slice) (a layer whose positions form a grid, such as a)
      """)
    // 4 × 9 places, where the picture's grid has 6 × 6.
    let laid = [
      Wire.node("lay", "Reshape", ["t", "other"], ["l"]), Wire.node("back", "Reshape", ["l", "tokens"], ["y"]),
    ]
    folder.put(
      Self.tokens(laid, side: 12, [Self.sizes("other", [1, 4, 9, 4]), Self.sizes("tokens", [1, 36, 4])]), as: "m.onnx")
    try expectRefusal(
      folder, ["-l", "l"],
      """
      --layer: l is no feature map that is known: which tokens or cells of its output [1, 4, 9, 4] are rows and columns cannot \
      be followed through l (reshape) (a layer whose positions form a grid, such as a)
      """)
  }

  @Test(arguments: [
    ([1, 16, 4], "4×4", "8x8"), ([1, 24, 4], "4×6", "8x12"), ([16, 4], nil, nil), ([1, 16, 3], nil, nil),
  ]) func `Position embeddings of another size than the picture's grid`(
    _ shape: [Int], _ grid: String?, _ size: String?
  ) throws {
    let folder = Workplace()
    let embedding = Wire.tensor("place", shape, raw: Self.numbers(shape.reduce(1, *)))
    folder.put(Self.tokens([Wire.node("add", "Add", ["t", "place"], ["y"])], side: nil, [embedding]), as: "m.onnx")
    guard let grid, let size else {
      let outcome = try Tool.run(["inspect", "m.onnx", "--input-shape", "3x12x12"], in: folder)
      #expect(outcome.status == 2 && outcome.errors.last?.contains("takes inputs that broadcast") == true)
      return
    }
    try expectRefusal(
      folder, ["--input-shape", "3x12x12"],
      """
      m.onnx: node add (Add) adds position embeddings of \(grid) patches to 6×6, which 12×12 pixels make \
      (--input-shape 3x\(size))
      """)
    let fitting = try Tool.run(["inspect", "m.onnx", "--input-shape", "3x\(size)"], in: folder)
    #expect(fitting.status == 0, "\(fitting.errors)")
  }

  // MARK: - Branches

  @Test func `A map of one branch of patches says so`() throws {
    let folder = Workplace("tiny.png")
    folder.put(Workplace.fixture("../tokens/branches-current.onnx"), as: "m.onnx")
    let said = { (words: [String]) in
      let outcome = try Tool.run(["explain", "tiny.png", "-w", "m.onnx", "-d", "maps"] + words, in: folder)
      #expect(outcome.status == 0, "\(outcome.errors)")
      return outcome.errors.filter { $0.contains("branch of patches") }
    }
    let line = { (own: String, other: String) in
      "gradcam: warning: m.onnx: maps at \(own) show one branch of patches, and \(other) another "
        + "(--layer takes several)"
    }
    #expect(try said([]) == [line("fusion.1.norm1", "fusion.0.norm1")])
    #expect(try said(["-l", "wide"]) == [line("wide", "fusion.1.norm1")])
    #expect(try said(["-l", "fusion.0.norm1,fusion.1.norm1"]) == [])
    let card = try Tool.run(["inspect", "m.onnx"], in: folder).text
    #expect(
      card.contains("fusion.1.norm1 (the last layer of one branch of patches; that of another is fusion.0.norm1)"))
  }
}
