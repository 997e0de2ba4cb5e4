import Testing

@testable import ModelFormats

@Suite struct TorchCheckpointTests {
  @Test(
    arguments: [
      "protocol2", "protocol3", "protocol4", "protocol5", "dtypes", "layouts", "nested2", "nested5",
      "under-model_state_dict", "under-model", "under-net", "under-weights", "prefixed", "part-prefixed", "parameters",
      "cyclic", "python2", "beside-objects", "own-dictionary", "beside-in-state-dict",
    ], ["zip", "legacy"])
  func `Loads what PyTorch saved`(name: String, format: String) throws {
    let state = try StateDict.load(Fixture.file("\(name).\(format).pth"))
    #expect(state.format == (format == "zip" ? .torchZip : .torchLegacy))
    try Fixture.expect(state.tensors, toBe: name)
  }

  @Test(arguments: [
    ("known-module.zip.pth", StateDict.Format.torchModule), ("known-module.legacy.pth", .torchModule),
    ("known-module-inside.zip.pth", .torchModule), ("known-module-inside.legacy.pth", .torchModule),
    ("known-script.pt", .torchScript), ("exported.pt2", .exportedProgram), ("exported-first.pt2", .exportedProgram),
  ])
  func `Loads the weights of modules and programs`(name: String, format: StateDict.Format) throws {
    let state = try StateDict.load(Fixture.file(name))
    #expect(state.format == format)
    try Fixture.expect(state.tensors, toBe: String(name.prefix { $0 != "." }), ordered: false)
  }

  /// `known-module` under other classes is refused; these are as sound, and of classes that say nothing.
  @Test(arguments: ["refused-module.zip.pth", "refused-module.legacy.pth", "refused-nested-module.zip.pth"])
  func `Takes the weights of any module where the user says what they are`(name: String) throws {
    let state = try StateDict.load(Fixture.file(name), takesAnyModule: true)
    #expect(state.tensors.map(\.name).sorted().suffix(2).allSatisfy { $0.hasSuffix("bias") || $0.hasSuffix("weight") })
    #expect(state.tensors.count == 2)
  }

  @Test func `Modules without end are refused`() {
    // A module that holds itself.
    let module = "c__main__\nNet\n)\u{81}p0\n}(S'_modules'\n}S'a'\ng0\nsS'_parameters'\n}ub."
    let error = inputError { _ = try load(module, takesAnyModule: true) }
    #expect(error?.problem == "is damaged: its modules nest without end", "\(error?.description ?? "loaded")")
  }

  @Test func `Modules that share without end are refused`() {
    // Each level holds the level below twice.
    var module = "c__main__\nNet\n)\u{81}}(S'_modules'\n}S'_parameters'\n}ubp0\n0"
    for level in 0..<40 {
      module +=
        "c__main__\nNet\n)\u{81}}(S'_modules'\n}(S'a'\ng\(level)\nS'b'\ng\(level)\nuS'_parameters'\n}ubp\(level + 1)\n0"
    }
    let error = inputError { _ = try load(module + "g40\n.", takesAnyModule: true) }
    #expect(error?.problem == "is damaged: its modules nest without end", "\(error?.description ?? "loaded")")
  }

  @Test func `Loads protocol 1`() throws {
    try Fixture.expect(StateDict.load(Fixture.file("protocol1.zip.pth")).tensors, toBe: "protocol1")
  }

  @Test(arguments: ["zip", "legacy"]) func `Shared storages are not copied`(format: String) throws {
    let file = try Fixture.file("layouts.\(format).pth")
    let state = try StateDict.load(file)
    let base = try #require(state["base"])
    let tail = try #require(state["tail"])
    #expect(base.region.file === file && tail.region.file === file)
    #expect(tail.region.offset == base.region.offset + 55 * 4)
    #expect(try #require(state["transposed"]).strides == [1, 20, 5])
    #expect(!(try #require(state["channels-last"]).isContiguous))
  }

  /// What is said of files that do not load, by file and format.
  @Test(arguments: [
    ("refused-module", "holds a whole pickled module (__main__.Whole), which only its own Python code can load"),
    ("refused-nested-module", "holds a whole pickled module (torch.nn.modules.linear.Linear), which"),
    ("refused-command", "asks for posix.system, which is never run"),
    ("refused-settings", "asks for own_package.objects.Settings, which is never run"),
    ("refused-wrapped-tensor", "asks for own_package.objects.Wrapper, which is never run"),
    ("refused-no-tensors", "holds no tensors; at its top level it has epoch, arch, lr"),
    ("refused-several", "holds several state dicts: generator, discriminator"),
    ("refused-list", "holds no dictionary, not a state dict"),
    ("refused-tensor", "holds a single tensor, not a state dict"),
    ("refused-complex", "tensor b is one in a ComplexFloatStorage, which is not read"),
    ("refused-uint16", "tensor a is one of the type torch.uint16, which is not read"),
    ("refused-expanded", "tensor a of shape [1048576] repeats the 1 elements of its storage"),
    ("refused-quantised", "tensor a is one made by torch._utils._rebuild_qtensor, which is not read"),
    ("refused-sparse", "tensor a is one made by torch._utils._rebuild_sparse_tensor, which is not read"),
  ])
  func `Says what it does not load`(name: String, problem: String) throws {
    for format in ["zip", "legacy"] {
      let file = try Fixture.file("\(name).\(format).pth")
      let error = inputError { _ = try StateDict.load(file) }
      #expect(error?.problem.description.hasPrefix(problem) == true, "\(format): \(error?.description ?? "loaded")")
      #expect(error?.remedy != nil && error?.subject == "")
    }
  }

  @Test(arguments: [
    ("refused-command.pkl", "asks for posix.system, which is never run"),
    ("refused-pickle.pkl", "is a pickle, but not one that torch.save wrote"),
    ("refused-pickled-tensors.pkl", "was written by pickle, not by torch.save"),
    ("refused-torchscript.pt", "is a TorchScript program (make_fixtures.Whole), which is never run"),
    ("refused-exported-outside.pt2", "weight stem.weight begins outside its bytes"),
    ("refused-exported-lost.pt2", "lacks the bytes of weight stem.weight"),
    ("refused-exported-pickled.pt2", "weight stem.weight is pickled inside the archive"),
    ("refused-exported-shape.pt2", "tensor stem.weight claims an absurd shape"),
    ("refused-exported-type.pt2", "weight stem.weight is of the type 10, which is not read"),
    ("refused-view.legacy.pth", "has a storage that is a view of another"),
    ("refused-big-endian.legacy.pth", "was written on a big-endian machine"),
    ("refused-big-endian.zip.pth", "was written on a big-endian machine"),
    ("refused-protocol.legacy.pth", "is a PyTorch checkpoint of an unknown protocol"),
    ("refused-compressed.zip.pth", "has a compressed entry"),
    ("refused-short-storage.zip.pth", "has 8 bytes of the storage 0, and 216 are due"),
    ("refused-lost-storage.zip.pth", "lacks the storage 0 of tensor 0.weight"),
    ("refused-no-pickle.zip", "is a zip archive of "),
    ("refused-ancient.tar", "is a tar archive, which the first versions of PyTorch wrote"),
  ])
  func `Says why a file does not load`(name: String, problem: String) throws {
    let file = try Fixture.file(name)
    let error = inputError { _ = try StateDict.load(file) }
    #expect(error?.problem.description.hasPrefix(problem) == true, "\(error?.description ?? "loaded")")
  }

  @Test func `Says that a checkpoint is cut short`() throws {
    for name in ["protocol2.zip.pth", "protocol2.legacy.pth"] {
      let bytes = Array(try Fixture.file(name).array.dropLast(10))
      let error = inputError { _ = try StateDict.load(FileBytes(copying: bytes)) }
      #expect(error?.problem.description.hasPrefix("is cut short") == true, "\(error?.description ?? "loaded")")
    }
  }

  // MARK: - Pickles by hand, in an archive

  private func load(
    _ pickle: String, storage: [UInt8] = [0, 0, 128, 63, 0, 0, 0, 64], wanted: String? = nil,
    takesAnyModule: Bool = false
  ) throws -> StateDict {
    var builder = ZipBuilder()
    builder.entries = [
      .init(name: "x/data.pkl", data: pickle.unicodeScalars.map { UInt8($0.value) }),
      .init(name: "x/data/0", data: storage),
    ]
    return try StateDict.load(builder.build(), wanted: wanted, takesAnyModule: takesAnyModule)
  }

  private func tensor(
    storage: String = "(S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI2\ntQ", offset: String = "I0\n",
    shape: String = "(I2\nt", strides: String = "(I1\nt", more: String = ""
  ) -> String {
    "ctorch._utils\n_rebuild_tensor_v2\n(\(storage)\(offset)\(shape)\(strides)I00\nN\(more)tR"
  }

  @Test func `Loads a tensor made by hand`() throws {
    #expect(try load("}S'a'\n\(tensor())s.")["a"]?.floats() == [1, 2])
    let size = "ctorch\nSize\n((I2\nttR"
    #expect(try load("}S'a'\n\(tensor(shape: size))s.")["a"]?.floats() == [1, 2])
    let cuda = "(S'storage'\nctorch.cuda\nFloatStorage\nS'0'\nS'cuda:0'\nI2\ntQ"
    #expect(try load("}S'a'\n\(tensor(storage: cuda))s.")["a"]?.floats() == [1, 2])
  }

  @Test func `Refuses tensors that leave their storage`() {
    let wrong = [
      tensor(offset: "I1\n"), tensor(offset: "I-1\n"), tensor(offset: "I9\n"), tensor(offset: "I\(Int.max)\n"),
      tensor(offset: "L99999999999999999999L\n"), tensor(shape: "(I3\nt"), tensor(shape: "(I-1\nt"),
      tensor(shape: "(I\(Int.max)\nt"), tensor(strides: "(I2\nt"), tensor(strides: "(I-1\nt"),
      tensor(strides: "(I\(Int.max)\nt"), tensor(strides: "t"), tensor(shape: "N"), tensor(shape: "(S'2'\nt"),
      tensor(storage: "N"), tensor(storage: "NQ"), tensor(storage: "(S'storage'\ntQ"),
      tensor(storage: "(S'storage'\nctorch\nOddStorage\nS'0'\nS'cpu'\nI2\ntQ"),
      tensor(storage: "(S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI3\ntQ"),
      tensor(storage: "(S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI-1\ntQ"),
      tensor(storage: "(S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI\(Int.max)\ntQ"),
      tensor(storage: "(S'storage'\nctorch\nFloatStorage\nS'7'\nS'cpu'\nI2\ntQ"),
      tensor(more: "}S'neg'\nI01\ns"), "ctorch._utils\n_rebuild_parameter\n)R",
      "ctorch._tensor\n_rebuild_from_type_v2\n(cos\nsystem\nctorch\nTensor\n)NtR",
      "ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._utils\n_rebuild_tensor_v2\nc__main__\nOdd\n)NtR",
    ]
    for tensor in wrong {
      #expect(throws: InputError.self, "\(tensor)") { try load("}S'a'\n\(tensor)s.") }
    }
  }

  /// The state dict in a program's archive is one that torch.save wrote, and no other program.
  @Test func `Programs do not nest`() throws {
    var archive = FileBytes(copying: [])
    for _ in 0..<3 {
      var builder = ZipBuilder()
      builder.entries = [.init(name: "serialized_state_dict.pt", data: archive.array)]
      archive = builder.build()
    }
    let error = inputError { _ = try StateDict.load(archive) }
    #expect(error?.problem.description.hasPrefix("is a zip archive of serialized_state_dict.pt") == true)
  }

  @Test func `A key above the only network takes it`() throws {
    let pickle = "}(S'model'\n}S'a'\n\(tensor())sS'ema'\n}S'module'\n}S'b'\n\(tensor())ssu."
    var builder = ZipBuilder()
    builder.entries = [
      .init(name: "x/data.pkl", data: Array(pickle.utf8)), .init(name: "x/data/0", data: [0, 0, 128, 63, 0, 0, 0, 64]),
    ]
    let archive = builder.build()
    #expect(try TorchCheckpoint(archive, wanted: "ema").tensors.map(\.name) == ["b"])
    #expect(try TorchCheckpoint(archive).tensors.map(\.name) == ["a"])
  }

  @Test func `Refuses names that occur twice`() {
    let error = inputError { _ = try load("}S'a'\n\(tensor())sS'a'\n\(tensor())s.") }
    #expect(error?.problem == "is damaged: its state dict has a twice")
  }

  @Test func `Parameters of parameters come to an end`() throws {
    func wrapped(_ count: Int) -> String {
      (0..<count).reduce(tensor()) { inner, _ in "ctorch._utils\n_rebuild_parameter\n(\(inner)I00\nNtR" }
    }
    #expect(try load("}S'a'\n\(wrapped(1))s.")["a"]?.floats() == [1, 2])
    let error = inputError { _ = try load("}S'a'\n\(wrapped(9))s.") }
    #expect(error?.problem == "is damaged: tensor a is not described as torch.save does it")
  }

  /// A dictionary of dictionaries, each with a tensor that is called by its own key.
  private func nested(_ keys: [String]) -> String {
    "}" + keys.map { "S'\($0)'\n}S'in \($0)'\n\(tensor())ss" }.joined() + "."
  }

  @Test(arguments: [
    (["state_dict", "state_dict_ema"], "state_dict", ["state_dict_ema"]), (["ema", "model"], "model", ["ema"]),
    (["network", "network_averaged"], "network", ["network_averaged"]),
    (["teacher", "student"], "student", ["teacher"]),
    (["weights"], "weights", []),
  ])
  func `Takes the network that is no average of another`(keys: [String], taken: String, others: [String]) throws {
    let state = try load(nested(keys))
    #expect(state.taken == taken && state.others == others && state["in \(taken)"] != nil && !state.isWanted)
    for key in keys {
      let chosen = try load(nested(keys), wanted: key)
      #expect(chosen.taken == key && chosen.isWanted && chosen["in \(key)"] != nil && chosen.others == [])
    }
    #expect(try load(nested(keys), wanted: "layer1").isWanted == false)
  }

  @Test func `Finds a network that a dictionary of its own is around`() throws {
    let tensors = "}S'w'\n\(tensor())s"
    let state = try load("}S'model'\n\(tensors)sS'ema'\n}S'decay'\nI1\nsS'shadow'\n\(tensors)ss.")
    #expect(state.taken == "model" && state.others == ["ema.shadow"])
    // What an optimizer keeps of each weight is no network.
    let trained = try load("}S'model'\n\(tensors)sS'optimizer'\n}S'state'\n\(tensors)ss.")
    #expect(trained.others == [])
    let error = inputError { _ = try load(nested(["a", "b"])) }
    #expect(
      error?.problem == "holds several state dicts: a, b"
        && error?.remedy?.description == "state a, or another of them, chooses")
  }

  @Test func `Takes the weights out of a tuple or list`() throws {
    let tensors = "}S'w'\n\(tensor())s"
    for pickle in ["(\(tensors)I3\nt.", "(I3\n\(tensors)l.", "(}S'state_dict'\n\(tensors)sN}t."] {
      #expect(try load(pickle).tensors.map(\.name) == ["w"], "\(pickle)")
    }
    let error = inputError { _ = try load("(\(tensors)\(tensors)t.") }
    #expect(
      error?.problem == "holds several state dicts: 1, 2"
        && error?.remedy?.description == "state 1, or another of them, chooses")
    let chosen = try load("(\(tensors)}S'v'\n\(tensor())st.", wanted: "2")
    #expect(chosen.tensors.map(\.name) == ["v"] && chosen.taken == "2" && chosen.isWanted)
    // A loss that is a tensor is no network.
    let four = "}" + (0..<4).map { "S'\($0)'\n\(tensor())s" }.joined()
    #expect(try load("(\(four)}S'loss'\n\(tensor())st.").tensors.count == 4)
    #expect(inputError { _ = try load("(I1\nI2\nt.") }?.problem == "holds no dictionary, not a state dict")
  }

  @Test func `Keeps the classes of a module's layers that have no weights`() throws {
    func module(_ kind: String, _ children: String = "") -> String {
      "ctorch.nn.modules.\(kind)\n)\u{81}}(S'_modules'\n}\(children)S'_parameters'\n}S'w'\n\(tensor())sub"
    }
    let inside = "S'a'\n\(module("container\nSequential", "S'0'\n\(module("activation\nSiLU"))s"))s"
    let pickle = module("container\nNet", inside + "S'pool'\n\(module("pooling\nMaxPool2d"))s")
    let layers = try load(pickle + ".", takesAnyModule: true).layers
    #expect(Set(layers) == [PlainLayer(path: "a.0", kind: "SiLU"), PlainLayer(path: "pool", kind: "MaxPool2d")])
  }

  @Test func `One dictionary under many names is looked through once`() throws {
    let pickle = "}p0\n" + (0..<20_000).map { "S'\($0)'\nI1\ns" }.joined() + "S'w'\n\(tensor())s0"
    let root = "}" + (0..<20_000).map { "S'\($0)'\ng0\ns" }.joined() + "."
    #expect(try load(pickle + root)["w"]?.floats() == [1, 2])
  }
}
