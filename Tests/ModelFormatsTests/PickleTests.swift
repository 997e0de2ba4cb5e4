import Testing

@testable import ModelFormats

/// Pickles put together by hand, opcode by opcode; what PyTorch writes is in `TorchCheckpointTests`.
@Suite struct PickleTests {
  private func read(_ bytes: [UInt8]) throws -> Pickle {
    var reader = ByteReader(FileBytes(copying: bytes).region)
    return try Pickle(&reader)
  }

  private func read(_ text: String) throws -> Pickle { try read(Array(text.utf8)) }

  private func describe(_ value: PickleValue, _ pickle: Pickle) -> String {
    switch value {
    case .none: "None"
    case .bool(let value): "\(value)"
    case .int(let value): "\(value)"
    case .bigInteger(let bytes): "big\(bytes)"
    case .float(let value): "\(value)"
    case .string(let value): "'\(value)'"
    case .bytes(let bytes): "bytes\(bytes)"
    case .global(let name): "<\(name)>"
    case .node(let index):
      "\(pickle.nodes[index].maker ?? "\(pickle.nodes[index].kind)")"
        + "(\(pickle.nodes[index].items.map { describe($0, pickle) }.joined(separator: ", ")))"
    }
  }

  @Test(arguments: [
    ("I42\n.", "42"), ("I01\n.", "true"), ("I00\n.", "false"), ("L-42L\n.", "-42"),
    ("L99999999999999999999L\n.", "big[]"),
    ("F1.5\n.", "1.5"), ("S'text'\n.", "'text'"), ("Vtext\n.", "'text'"), ("N.", "None"), ("Pname\n.", "persistent()"),
    ("(I1\nI2\nt.", "tuple(1, 2)"), ("(I1\nl.", "list(1)"), ("(S'a'\nI1\nd.", "dictionary('a', 1)"),
    ("](I1\nI2\ne.", "list(1, 2)"), ("]I1\na.", "list(1)"), ("}S'a'\nI1\ns.", "dictionary('a', 1)"),
    ("(lp0\nI1\nag0\n.", "list(1)"), ("I1\n0I2\n.", "2"), ("I1\n(I2\n1.", "1"), ("I1\n(0.", "1"),
    ("cos\nsystem\n.", "<os.system>"),
    ("(I1\nicollections\nOrderedDict\n.", "collections.OrderedDict()"),
    ("(cbuiltins\nset\nI1\no.", "builtins.set()"), ("ccollections\nOrderedDict\n)RNb.", "collections.OrderedDict()"),
    ("ccollections\nOrderedDict\n(](]S'a'\naI1\naetR.", "collections.OrderedDict('a', 1)"),
    ("ccopy_reg\n_reconstructor\n(cargparse\nNamespace\nc__builtin__\nobject\nNtR}b.", "argparse.Namespace()"),
  ])
  func `Reads the old opcodes`(text: String, meaning: String) throws {
    let pickle = try read(text)
    #expect(describe(pickle.root, pickle) == meaning)
  }

  @Test(
    arguments: [
      ([0x4a, 0xfe, 0xff, 0xff, 0xff], "-2"), ([0x4b, 0xff], "255"), ([0x4d, 0xff, 0xff], "65535"),
      ([0x8a, 0], "0"), ([0x8a, 1, 0xff], "-1"), ([0x8a, 2, 0xff, 0], "255"),
      ([0x8a, 8, 0, 0, 0, 0, 0, 0, 0, 0x80], "\(Int.min)"),
      ([0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0x80, 0], "big[0, 0, 0, 0, 0, 0, 0, 128, 0]"),
      ([0x8b, 1, 0, 0, 0, 7], "7"), ([0x47, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0], "1.5"),
      ([0x58, 2, 0, 0, 0, 0x61, 0xff], "'a\u{fffd}'"), ([0x8c, 1, 0x61], "'a'"),
      ([0x8d, 1, 0, 0, 0, 0, 0, 0, 0, 0x61], "'a'"),
      ([0x55, 1, 0x61], "'a'"), ([0x54, 1, 0, 0, 0, 0x61], "'a'"), ([0x42, 1, 0, 0, 0, 7], "bytes[7]"),
      ([0x43, 1, 7], "bytes[7]"),
      ([0x8e, 1, 0, 0, 0, 0, 0, 0, 0, 7], "bytes[7]"), ([0x96, 1, 0, 0, 0, 0, 0, 0, 0, 7], "bytes[7]"),
      ([0x88], "true"), ([0x89], "false"), ([0x4e, 0x85], "tuple(None)"), ([0x4e, 0x88, 0x86], "tuple(None, true)"),
      ([0x4e, 0x4e, 0x4e, 0x87], "tuple(None, None, None)"), ([0x8f, 0x28, 0x4e, 0x90], "set(None)"),
      ([0x28, 0x4e, 0x91], "set(None)"), ([0x4e, 0x94, 0x68, 0, 0x86], "tuple(None, None)"),
      ([0x4e, 0x71, 9, 0x30, 0x68, 9], "None"),
      ([0x4e, 0x72, 9, 0, 0, 0, 0x6a, 9, 0, 0, 0, 0x86], "tuple(None, None)"),
      ([0x8c, 2, 0x6f, 0x73, 0x8c, 1, 0x61, 0x93], "<os.a>"), ([0x4e, 0x32, 0x86], "tuple(None, None)"),
      ([0x95, 1, 0, 0, 0, 0, 0, 0, 0, 0x4e], "None"), ([0x4e, 0x98], "None"), ([0x4e, 0x51], "persistent()"),
    ] as [([UInt8], String)])
  func `Reads the newer opcodes`(bytes: [UInt8], meaning: String) throws {
    let pickle = try read([0x80, 4] + bytes + [0x2e])
    #expect(describe(pickle.root, pickle) == meaning)
  }

  /// What would be run elsewhere is a name here, whatever is to become of it.
  @Test(arguments: [
    ("os.system", "cos\nsystem\n(S'ls'\ntR."), ("os.system", "(S'ls'\nios\nsystem\n."),
    ("posix.system", "(cposix\nsystem\nS'ls'\no."), ("builtins.eval", "cbuiltins\neval\n(S'1'\ntR."),
    ("builtins.getattr", "cbuiltins\ngetattr\n(S'1'\nS'2'\ntR."), ("builtins.exec", "cbuiltins\nexec\n)\u{81}."),
    ("os.system", "ccopyreg\n_reconstructor\n(cos\nsystem\ncbuiltins\nobject\nNtR."),
    ("__main__.Net", "c__main__\nNet\n)\u{81}."), ("__main__.Net", "c__main__\nNet\n)}\u{92}."),
    ("functools.partial", "cfunctools\npartial\n(cos\nsystem\ntR(S'ls'\ntR."),
  ])
  func `Runs nothing`(name: String, text: String) throws {
    let pickle = try read(text.unicodeScalars.map { UInt8($0.value) })
    let node = try #require(pickle.node(pickle.root))
    #expect(node.maker == name && node.kind == .object && node.items.isEmpty)
  }

  @Test(arguments: [
    ("cown\nTable\n)R(S'a'\nI1\nu.", PickleNode.Kind.dictionary), ("cown\nTable\n)RS'a'\nI1\ns.", .dictionary),
    ("cown\nNames\n)R(I1\nI2\ne.", .list), ("cown\nNames\n)RI1\na.", .list),
  ])
  func `A class of its own is what is put into it`(text: String, kind: PickleNode.Kind) throws {
    let pickle = try read(text)
    let node = try #require(pickle.node(pickle.root))
    #expect(node.kind == kind && !node.items.isEmpty)
    // What weights are made of must be Python's own.
    #expect(pickle.elements(pickle.root) == nil)
  }

  @Test(arguments: [
    "", ".", "0.", "1.", "a.", "I1\na.", "](", "(.", "I1\n(a.", "t.", "s.", "}I1\ns.", "}(I1\nu.", "(I1\nd.",
    "]I1\nI2\ns.",
    "}I1\na.", "R.", "I1\nI2\nR.", "cos\nsystem\nI1\nR.", "I1\n)R.", "b.", "]Nb.", "g7\n.", "gx\n.", "h", "h\u{07}.",
    "I1", "I1\n", "cos\n", "cos\nsystem", "\u{7e}.", "X\u{7f}\u{7f}\u{7f}\u{7f}a.", "T\u{7f}\u{7f}\u{7f}\u{7f}a.", "2.",
    "(2.", "p1\n.", "(p1\n.", "p-1\n.", "(o.", "I1\nI2\n\u{93}.", "\u{80}\u{06}N.", "\u{95}aaaaaaaaN.", "\u{82}\u{01}.",
    "\u{97}.", "\u{8b}\u{ff}\u{ff}\u{ff}\u{ff}.", "\u{8b}aaaa.", "N\u{86}.", "ccollections\nOrderedDict\n(](]NaetR.",
    "]\u{8f}\u{90}.", "](N\u{90}.", "cown\nTable\n)RI1\naS'a'\nI1\ns.",
  ])
  func `Refuses damaged pickles`(text: String) {
    let error = inputError { _ = try read(text.unicodeScalars.map { UInt8($0.value) }) }
    #expect(error?.problem.description.contains("damaged") == true, "\(error?.description ?? "none")")
  }

  // MARK: - Hostile pickles

  @Test func `Nests of any depth neither recurse nor leak`() throws {
    let depth = 500_000
    let tuples = try read([0x29] + [UInt8](repeating: 0x85, count: depth) + [0x2e])
    #expect(tuples.nodes.count == depth + 1)
    // Lists, each put into the one before while that one is already kept elsewhere.
    let lists = try read(
      [0x5d] + [UInt8](repeating: 0x5d, count: depth) + [UInt8](repeating: 0x61, count: depth) + [0x2e])
    #expect(lists.nodes.count == depth + 1)
  }

  @Test func `Sharing without end takes no more than its bytes`() throws {
    // Each list holds the one before twice: 2^1000 leaves for whoever walks it as a tree.
    var bytes: [UInt8] = [0x5d]
    for _ in 0..<1000 { bytes += [0x32, 0x86] }
    let pickle = try read(bytes + [0x2e])
    #expect(pickle.nodes.count == 1001)
  }

  @Test func `Circles are no trouble`() throws {
    let pickle = try read("}p0\nS'self'\ng0\ns.")
    let entries = try #require(pickle.entries(pickle.root))
    #expect(entries.map(\.key) == ["self"])
    #expect(pickle.entries(entries[0].value)?.count == 1)
  }

  @Test func `Objects are limited`() {
    let error = inputError { _ = try read([UInt8](repeating: 0x5d, count: PickleMachine.nodeLimit + 1) + [0x2e]) }
    #expect(error?.problem.description.contains("more than \(PickleMachine.nodeLimit) objects") == true)
  }

  @Test func `Copies of pairs are limited`() {
    // An OrderedDict of 1,000 pairs, asked for again and again through the memo.
    var text = "(]((S'a'\nI1\ntp1\n" + String(repeating: "g1\n", count: 1000) + "etp2\n"
    text += String(repeating: "ccollections\nOrderedDict\ng2\nR0", count: 10_000) + "N."
    let error = inputError { _ = try read(text) }
    #expect(
      error?.problem.description.contains("more than \(PickleMachine.valueLimit) values") == true,
      "\(error?.description ?? "none")")
  }
}
