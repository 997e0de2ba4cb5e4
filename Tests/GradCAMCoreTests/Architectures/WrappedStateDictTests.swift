import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// Networks inside modules of their owners, with heads of their own, beside what only training needs.
@Suite struct WrappedStateDictTests {
  private typealias Shapes = [(name: String, shape: [Int])]

  /// The narrowest ResNet, without its head: 32 channels behind it.
  private static let trunk: [(name: String, shape: [Int])] = {
    func norm(_ name: String, _ count: Int) -> [(name: String, shape: [Int])] {
      ["weight", "bias", "running_mean", "running_var"].map { ("\(name).\($0)", [count]) }
    }
    var shapes: [(name: String, shape: [Int])] = [("conv1.weight", [4, 3, 7, 7])] + norm("bn1", 4)
    for stage in 1...4 {
      let (width, input) = (2 << stage, stage == 1 ? 4 : 1 << stage)
      let path = "layer\(stage).0"
      shapes += [("\(path).conv1.weight", [width, input, 3, 3])] + norm("\(path).bn1", width)
      shapes += [("\(path).conv2.weight", [width, width, 3, 3])] + norm("\(path).bn2", width)
      guard stage > 1 else { continue }
      shapes += [("\(path).downsample.0.weight", [width, input, 1, 1])] + norm("\(path).downsample.1", width)
    }
    return shapes
  }()

  private static let width = 32

  private func match(
    _ shapes: [(name: String, shape: [Int])], prefix: String = "", beside others: [(name: String, shape: [Int])] = [],
    _ wishes: StateDictMatch.Wishes = .init()
  ) throws -> StateDictMatch {
    let records = try (shapes.map { (name: prefix + $0.name, shape: $0.shape) } + others).map {
      try TensorRecord(
        name: $0.name, type: .float32, shape: $0.shape,
        region: FileBytes(copying: [UInt8](repeating: 0, count: 4 * $0.shape.reduce(1, *))).region)
    }
    return try StateDictMatch(records, wishes)
  }

  private func refusal(
    prefix: String = "", beside others: [(name: String, shape: [Int])], _ wishes: StateDictMatch.Wishes = .init()
  ) -> InputError? {
    do {
      _ = try match(Self.trunk, prefix: prefix, beside: others, wishes)
      return nil
    } catch { return error as? InputError }
  }

  private static func linear(_ name: String, _ input: Int, _ output: Int) -> [(name: String, shape: [Int])] {
    [("\(name).weight", [output, input]), ("\(name).bias", [output])]
  }

  private static func norm(_ name: String, _ count: Int) -> [(name: String, shape: [Int])] {
    ["weight", "bias", "running_mean", "running_var"].map { ("\(name).\($0)", [count]) }
  }

  // MARK: - Trunks

  @Test(arguments: [
    "net.", "backbone.", "model.encoder.", "a.b.c.d.", "module.resnet.", "encoder.module.", "_orig_mod.0.", "1.model.",
  ])
  func `Finds a trunk under any prefix`(_ prefix: String) throws {
    let whole = Self.trunk + Self.linear("fc", Self.width, 5)
    let found = try match(whole, prefix: prefix)
    #expect(found.tensors.map(\.name) == whole.map(\.name))
    #expect(found.spec.description == "resnet:channels=3,classes=5" && found.notes == [] && found.head == nil)
    let beside = try match(Self.trunk, prefix: prefix, beside: Self.linear("last", Self.width, 7))
    #expect(beside.spec.arguments["classes"] == 7 && beside.tensors.count == Self.trunk.count + 2)
  }

  @Test func `Names what takes no part, and leaves it out`() throws {
    let whole = Self.trunk + Self.linear("fc", Self.width, 5)
    let found = try match(
      whole, prefix: "model.",
      beside: [
        ("criterion.pos_weight", [5]), ("metrics.a", [3]), ("n_averaged", []), ("queue", [64, 128]),
        ("model.bn1.num_batches_tracked", []), ("metrics.num_batches_tracked", []),
      ])
    #expect(
      found.notes == ["4 tensors take no part and are passed over: criterion.pos_weight, metrics.a, n_averaged, … (4)"])
    #expect(found.tensors.map(\.name) == whole.map(\.name) + ["bn1.num_batches_tracked"])
    let one = try match(whole, beside: [("op_threshs", [5])])
    #expect(one.notes == ["op_threshs takes no part and is passed over"] && one.warnings == [])
  }

  @Test func `Refuses a network with layers that the trunk does not have`() throws {
    let head = Self.linear("fc", Self.width, 5)
    for (name, shape) in [
      ("layer2.0.se.fc1.weight", [2, 8, 1, 1]), ("layer1.0.conv1.bias", [4]), ("ca.conv.weight", [1, 2, 7, 7]),
    ] {
      let error = refusal(beside: head + [(name, shape)])
      #expect(error?.problem == "is resnet with layers that it does not have: \(name)")
      #expect(error?.remedy == "export the model to ONNX: gradcam help export")
    }
    // Profilers and quantisers leave numbers everywhere.
    #expect(try match(Self.trunk + head, beside: [("layer1.0.conv1.total_ops", [1])]).notes.count == 1)
    let attention = try match(Self.trunk, prefix: "net.", beside: head + [("cbam.conv.weight", [1, 2, 7, 7])])
    #expect(attention.warnings.first?.description.contains("cbam.conv.weight") ?? false)
    let decoder = try match(Self.trunk, prefix: "net.", beside: head + [("decoder.conv.weight", [1, 2, 7, 7])])
    #expect(decoder.warnings == [] && decoder.notes.count == 1)
  }

  // MARK: - Heads

  /// A head's tensors and the layers that are read: `L` linear, `N` a norm, `A` an activation.
  static let heads: [(name: String, tensors: [(name: String, shape: [Int])], layers: String, classes: Int)] = [
    ("dropout", linear("fc.1", 32, 5), "L", 5), ("other name", linear("last_linear", 32, 5), "L", 5),
    ("deep", linear("head.out.3", 32, 5), "L", 5), ("no bias", [("fc.weight", [5, 32])], "L", 5),
    ("convolution", [("head.weight", [5, 32, 1, 1]), ("head.bias", [5])], "L", 5),
    ("gap", linear("fc.0", 32, 16) + linear("fc.3", 16, 5), "LAL", 5),
    ("no gap", linear("fc.0", 32, 16) + linear("fc.1", 16, 5), "LL", 5),
    ("norm before", linear("fc.0", 32, 16) + norm("fc.1", 16) + linear("fc.3", 16, 5), "LNAL", 5),
    ("norm behind", linear("fc.0", 32, 16) + norm("fc.2", 16) + linear("fc.4", 16, 5), "LANL", 5),
    ("norm alone", linear("fc.0", 32, 16) + norm("fc.1", 16) + linear("fc.2", 16, 5), "LNL", 5),
    ("norm first", norm("fc.0", 32) + linear("fc.2", 32, 5), "NL", 5),
    ("neck", norm("bottleneck", 32) + linear("classifier", 32, 5), "NL", 5),
    ("numbered", linear("fc2", 16, 5) + norm("bn1", 16) + linear("fc1", 32, 16), "LNAL", 5),
    ("equal widths", linear("fc1", 32, 32) + linear("fc2", 32, 32) + linear("fc3", 32, 5), "LALAL", 5),
    ("unordered", linear("answer", 16, 5) + linear("hidden", 32, 16), "LAL", 5),
    ("old head below", linear("fc", 32, 1000) + linear("out", 1000, 5), "LAL", 5),
    ("tenth", linear("fc.2", 32, 16) + linear("fc.10", 16, 5), "LAL", 5),
  ]

  @Test(arguments: heads.indices) func `Reads the head that is there`(_ index: Int) throws {
    let (_, tensors, layers, classes) = Self.heads[index]
    for prefix in ["", "net."] {
      let found = try match(Self.trunk, prefix: prefix, beside: tensors)
      let letters = found.head.map { plan in
        plan.layers.map { layer in
          switch layer {
          case .linear: "L"
          case .batchNorm, .layerNorm: "N"
          case .activation: "A"
          }
        }
        .joined()
      }
      #expect(letters ?? "L" == layers && found.spec.arguments["classes"] == classes)
      #expect((found.assumption != nil) == layers.contains("A") && found.notes == [])
      #expect(found.tensors.count == Self.trunk.count + tensors.count)
      // What convert writes is read the same way.
      let again = try match(found.tensors.map { (name: $0.name, shape: $0.shape) }, .init(spec: found.spec))
      #expect(again.head?.linearCount ?? 1 == found.head?.linearCount ?? 1 && again.spec == found.spec)
      let graph = try StateDictImporter.build(again, packed: PackedWeights(), notFinite: [], threads: 1).graph
      #expect(try graph.shapes(for: Shape(1, 3, 32, 32))[graph.output] == Shape(1, classes))
    }
  }

  @Test func `What a file cannot tell is said by whoever knows`() throws {
    let tensors = Self.linear("fc.0", 32, 16) + Self.linear("fc.3", 16, 5)
    #expect(
      try match(Self.trunk, beside: tensors).assumption == """
        the file does not tell all of the head fc; assumed a ReLU between its 2 linear layers (\(.arch) \
        resnet:head-activation=gelu or the like says otherwise)
        """)
    let spec = try ArchitectureSpec(parsing: "resnet:head-activation=tanh,classes=5")
    let chosen = try match(Self.trunk, beside: tensors, .init(spec: spec))
    #expect(chosen.head?.activation == .tanh && chosen.assumption == nil)
    #expect(chosen.spec.description == "resnet:channels=3,classes=5,head-activation=tanh")
    #expect(throws: InputError.self) { try ArchitectureSpec(parsing: "resnet:head-activation=mish") }
    let wrong = refusal(beside: tensors, .init(spec: try ArchitectureSpec(parsing: "resnet:classes=4")))
    #expect(wrong?.problem.description.contains("its head has 5 outputs") ?? false)
  }

  @Test func `A head of twice the width pools twice`() throws {
    let tensors = Self.norm("1.2", 64) + Self.linear("1.4", 64, 16) + Self.norm("1.6", 16) + Self.linear("1.8", 16, 5)
    let found = try match(Self.trunk, prefix: "0.", beside: tensors)
    #expect(found.head?.pooling == .maxAvg && found.assumption?.description.contains("fastai") ?? false)
    let spec = try ArchitectureSpec(parsing: "resnet:head-pooling=avg-max")
    #expect(try match(Self.trunk, prefix: "0.", beside: tensors, .init(spec: spec)).head?.pooling == .avgMax)
    let error = refusal(beside: tensors, .init(spec: try ArchitectureSpec(parsing: "resnet:head-pooling=max")))
    #expect(error?.problem == "holds the trunk of resnet, whose head takes 32 numbers, and 1.4 takes 64")
  }

  @Test func `Several heads that fit are a question`() throws {
    let two = Self.linear("fc", 32, 10) + Self.linear("head", 32, 3)
    let error = refusal(beside: two)
    #expect(
      error?.problem == "holds the trunk of resnet and 2 heads that fit it: fc (10 outputs), head (3 outputs)"
        && error?.remedy == "\(.head) fc, or another of them, chooses")
    let chosen = try match(Self.trunk, beside: two, .init(head: "head"))
    #expect(chosen.spec.arguments["classes"] == 3 && chosen.tensors.count == Self.trunk.count + 2)
    #expect(chosen.notes.first?.description.hasPrefix("takes head for the head, and leaves fc aside") ?? false)
    #expect(refusal(beside: two, .init(head: "tail"))?.remedy == "fc, head")
    // What stands before the other, or beside it, cannot be told.
    let square = refusal(beside: Self.linear("neck", 32, 32) + Self.linear("fc", 32, 5))
    #expect(square?.remedy == "export the model to ONNX: gradcam help export")
    let projection = Self.linear("projector.0", 32, 32) + Self.linear("projector.2", 32, 16)
    let taken = try match(Self.trunk, beside: Self.linear("fc", 32, 5) + projection)
    #expect(taken.spec.arguments["classes"] == 5 && taken.notes.count == 2)
  }

  @Test func `Says what no head fits`() throws {
    let wide = refusal(prefix: "net.", beside: Self.linear("head.linear", 40, 5))
    #expect(wide?.problem == "holds the trunk of resnet, whose head takes 32 numbers, and head.linear takes 40")
    #expect(
      refusal(prefix: "net.", beside: [])?.problem
        == "holds the trunk of resnet, and no head that gradcam knows behind it")
    let unread = refusal(beside: [("fc.weight_g", [5, 1]), ("fc.weight_v", [5, 32])])
    #expect(unread?.problem.description.contains("no head that gradcam knows") ?? false)
    for error in [wide, unread] { #expect(error?.remedy == "export the model to ONNX: gradcam help export") }
  }

  // MARK: - Between trunk and head

  @Test func `Refuses layers that may stand between trunk and head`() throws {
    let head = Self.linear("fc", Self.width, 5)
    for (name, others) in [
      ("neck.0.weight", [("neck.0.weight", [32, 32, 1, 1])] + Self.norm("neck.1", 32)),
      ("attention.q.weight", [("attention.q.weight", [4, 32, 1, 1]), ("attention.k.weight", [4, 32, 1, 1])]),
      ("fuse.weight", [("fuse.weight", [64, 32, 3, 3])]), ("mix.in_proj_weight", [("mix.in_proj_weight", [96, 32])]),
      ("bn_out.weight", Self.norm("bn_out", 5)),
    ] as [(String, Shapes)] {
      let error = refusal(prefix: "net.", beside: head + others)
      let problem = error?.problem.description ?? ""
      let expected = "holds layers that may stand between the trunk of resnet and its head: \(name)"
      #expect(problem.hasPrefix(expected), "\(problem)")
      #expect(
        error?.remedy == "\(.arch) resnet passes them over, and gradcam help export keeps them")
      let chosen = StateDictMatch.Wishes(spec: ArchitectureSpec(name: "resnet"))
      #expect(try match(Self.trunk, prefix: "net.", beside: head + others, chosen).notes.count == 1)
      // Others say by their names that they stand beside it.
      let beside = (head + others.map { ("aux_\($0.name)", $0.shape) })
      #expect(try match(Self.trunk, prefix: "net.", beside: beside).notes.count == 1)
    }
    // The map is pooled before or behind the activation that follows.
    let narrow = refusal(
      beside: [("reduce.weight", [16, 32, 1, 1])] + Self.linear("fc", 16, 5),
      .init(spec: ArchitectureSpec(name: "resnet")))
    #expect(narrow?.problem == "holds layers that may stand between the trunk of resnet and its head: reduce")
    let square = refusal(beside: head + [("reduce.weight", [16, 32, 1, 1])])
    #expect(square?.remedy == "export the model to ONNX: gradcam help export")
  }

  @Test func `Refuses poolings with weights`() throws {
    let head = Self.linear("fc", Self.width, 5)
    for name in ["pool.p", "global_pool.p", "p", "gem.power", "head.pool.0.p"] {
      let error = refusal(prefix: "net.", beside: head + [(name, [1])])
      #expect(error?.problem == "is resnet with a pooling that has weights, as GeM's power is one: \(name)")
      #expect(error?.remedy == "export the model to ONNX: gradcam help export")
    }
    let spec = try ArchitectureSpec(parsing: "resnet:head-pooling=avg")
    #expect(try match(Self.trunk, beside: head + [("pool.p", [1])], .init(spec: spec)).notes.count == 1)
    #expect(try match(Self.trunk, beside: head + [("criterion.p", [1])]).notes.count == 1)
  }

  @Test func `Says that a network normalises by itself`() throws {
    var records = try (Self.trunk + Self.linear("fc", Self.width, 5)).map { (name, shape) in
      try SyntheticWeights.record("net.\(name)", shape)
    }
    func add(_ name: String, _ values: [Float]) throws {
      let bytes = FileBytes(copying: values.withUnsafeBytes { [UInt8]($0) })
      records.append(try TensorRecord(name: name, type: .float32, shape: [1, 3, 1, 1], region: bytes.region))
    }
    try add("normalize.mean", [0.485, 0.456, 0.406])
    #expect(try StateDictMatch(records, .init()).normalization == nil)
    try add("normalize.std", [0.229, 0.224, 0.225])
    #expect(
      try StateDictMatch(records, .init()).normalization == """
        normalize.mean and normalize.std tell that the network normalises by itself, which is not done (\(.preprocess) \
        scale=255,mean=0.485/0.456/0.406,std=0.229/0.224/0.225 does it, if the network takes samples from 0 to 1)
        """)
    records.removeLast(2)
    try add("pixel_mean", [123, 116, 103])
    try add("pixel_std", [58, 57, 57])
    let whole = try StateDictMatch(records, .init()).normalization
    #expect(whole?.description.contains("scale=1,mean=123.0/116.0/103.0,") ?? false)
  }

  @Test func `A head of cosines is not read as a linear layer in silence`() throws {
    let embedding = Self.linear("embedding", Self.width, 16)
    for name in [
      "arcface.weight", "arc_margin.weight", "metric_fc.weight", "head.ArcFace.kernel", "cosine_head.weight",
    ] {
      for found in [refusal(beside: embedding + [(name, [5, 16])]), refusal(beside: [(name, [5, 32])])] {
        #expect(found?.problem.description.hasPrefix("is resnet with a head of cosines, \(name): ") ?? false, "\(name)")
        #expect(found?.remedy == "export the model to ONNX: gradcam help export")
      }
    }
    #expect(
      refusal(beside: embedding + [("loss.W", [16, 5])])?.problem.description.contains("cosines, loss.W") ?? false)
    // Another head answers.
    let beside = try match(Self.trunk, beside: Self.linear("fc", 32, 5) + [("arcface.weight", [9, 24])])
    #expect(beside.spec.arguments["classes"] == 5 && beside.notes.count == 1)
    let unnamed = try match(Self.trunk, beside: embedding + [("head.weight", [5, 16])])
    #expect(unnamed.notes.first?.description.hasPrefix("head has no bias, and is read as a linear layer") ?? false)
  }

  @Test func `A module with other layers than the network's is refused`() throws {
    let found = try match(Self.trunk + Self.linear("fc", Self.width, 5))
    let graph = try StateDictImporter.build(found, packed: PackedWeights(), notFinite: [], threads: 1).graph
    func compare(_ layers: (String, String)...) throws {
      let layers = layers.map { PlainLayer(path: $0.0, kind: $0.1) }
      try PlainLayers.compare(layers, with: graph, of: "resnet", found.tensors)
    }
    for (path, kind) in [
      ("relu", "SiLU"), ("module.layer1.0.act", "LeakyReLU"), ("layer1.0.relu", "Sigmoid"), ("maxpool", "AvgPool2d"),
      ("net.maxpool", "Identity"),
    ] {
      let error = #expect(throws: InputError.self) { try compare(("relu", "ReLU"), (path, kind)) }
      let problem = error?.problem.description ?? ""
      #expect(
        problem == "is a module with the weights of resnet, and with \(kind) as \(path), which resnet does not have")
    }
    try compare(
      ("relu", "ReLU"), ("maxpool", "MaxPool2d"), ("avgpool", "AdaptiveAvgPool2d"), ("fc.1", "Sigmoid"),
      ("sigmoid", "Sigmoid"), ("fc", "Identity"), ("softmax", "Softmax"))
  }

  // MARK: - Several networks

  @Test func `Takes the network that is no copy`() throws {
    let whole = Self.trunk + Self.linear("fc", Self.width, 5)
    let both = whole.map { (name: "student." + $0.name, shape: $0.shape) }
    let found = try match(whole, prefix: "teacher.", beside: both)
    #expect(
      found.notes == ["holds 2 networks: student is taken, teacher left aside (\(.state) teacher takes it)"])
    let teacher = try match(whole, prefix: "teacher.", beside: both, .init(state: "teacher"))
    #expect(teacher.tensors.map(\.name) == whole.map(\.name))
    let equals = whole.map { (name: "b." + $0.name, shape: $0.shape) }
    let error = #expect(throws: InputError.self) { try self.match(whole, prefix: "a.", beside: equals) }
    #expect(error?.problem == "holds 2 networks: a, b" && error?.remedy == "\(.state) a, or another of them, chooses")
    #expect(try match(whole, prefix: "a.", beside: equals, .init(state: "b")).tensors.count == whole.count)
    let nothing = #expect(throws: InputError.self) { try self.match(whole, .init(state: "c")) }
    #expect(nothing?.subject == "\(.state)" && nothing?.remedy == "bn1, conv1, fc, layer1, layer2, … (7)")
  }

  @Test func `Networks of other sizes are not chosen among in silence`() throws {
    let small = Self.trunk + Self.linear("fc", Self.width, 5)
    // Three times as many tensors.
    let deep = (1...4).flatMap { stage in
      (1...4).flatMap { block in
        (1...2).flatMap { number in
          [("layer\(stage).\(block).conv\(number).weight", [2 << stage, 2 << stage, 3, 3])]
            + Self.norm("layer\(stage).\(block).bn\(number)", 2 << stage)
        }
      }
    }
    let large = Self.trunk + deep + Self.linear("fc", Self.width, 7)
    func both(_ first: String, _ second: String, state: String? = nil) throws -> StateDictMatch {
      try match(
        small, prefix: first, beside: large.map { (name: second + $0.name, shape: $0.shape) }, .init(state: state))
    }
    for (first, second, names, state) in [
      ("a.", "b.", "b, a", "b"), ("net.a.", "net.b.", "net.b, net.a", "net.b"),
      ("", "b.", "b, own (without a prefix)", "b"),
      ("discriminator.", "generator.", "generator, discriminator", "generator"),
    ] {
      let error = #expect(throws: InputError.self) { _ = try both(first, second) }
      #expect(
        error?.problem == "holds 2 networks: \(names)"
          && error?.remedy == "\(.state) \(state), or another of them, chooses", "\(error?.description ?? "")")
      let chosen = try both(first, second, state: String(second.dropLast()))
      #expect(chosen.spec.arguments["classes"] == 7 && chosen.tensors.count == large.count)
      let other = try both(first, second, state: first.isEmpty ? "own" : String(first.dropLast()))
      #expect(other.spec.arguments["classes"] == 5 && other.tensors.count == small.count && other.warnings == [])
    }
    let above = #expect(throws: InputError.self) { _ = try both("net.a.", "net.b.", state: "net") }
    #expect(above?.problem == "holds 2 networks: net.b, net.a")
    // A larger network that only training needs is none to choose.
    for helper in ["perceptual.", "ema."] {
      let found = try both("net.", helper)
      #expect(found.spec.arguments["classes"] == 5)
      #expect(
        found.notes.first?.description.hasPrefix("holds 2 networks: net is taken, \(helper.dropLast()) left") ?? false)
    }
  }

  @Test func `Keys of the file are offered before its tensors' names`() {
    let error = refusal(beside: [], .init(state: "ema", keys: ["model", "model_ema"]))
    #expect(error?.remedy?.description.hasPrefix("model, model_ema, bn1, ") ?? false)
  }

  @Test func `Refusals of long names are one line`() throws {
    let long = String(repeating: "é", count: 300)
    let head = Self.linear("fc", Self.width, 5)
    for others in [
      (1...4).map { ("\(long).\($0).weight", [32, 32, 1, 1]) }, (1...4).map { ("\(long).pool.\($0).p", [1]) },
      [("arcface.\(long).weight", [9, 5])],
    ] {
      let error = refusal(prefix: "net.", beside: head + others)
      #expect(error.map { $0.description.unicodeScalars.count <= 270 } ?? false, "\(error?.description ?? "")")
    }
  }

  @Test func `Names without end come to one`() throws {
    let deep = String(repeating: "a.", count: 3000)
    let records = try (0..<3000).map {
      try TensorRecord(
        name: "\($0).\(deep)\($0)", type: .float32, shape: [0, 0], region: FileBytes(copying: []).region)
    }
    let error = #expect(throws: InputError.self) { try StateDictMatch(records, .init()) }
    #expect(error.map { $0.description.utf8.count <= 300 } ?? false)
  }
}
