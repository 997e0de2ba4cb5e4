import ModelFormats

/// How well some tensors of a file are an architecture's.
struct TrunkFit {
  let view: TrunkView
  let architecture: any Architecture
  /// Where the architecture's head begins; nil where its head is like no other's.
  let slot: HeadSlot?
  /// The names that the trunk takes.
  let trunk: Set<String>
  /// The names that the architecture's own head takes, and whether all of them are there.
  let ownHead: (names: Set<String>, isWhole: Bool)
  /// Names of what follows from other tensors, which the file may keep.
  let passed: Set<String>
  let missing: [(name: String, shape: [Int])]
  let misshaped: [(name: String, expected: [Int], found: [Int])]
  /// Names inside the part of the file that neither trunk nor head takes, in no order.
  let unexpected: [String]
  /// Those of them that stand inside the trunk's modules, so that the network is another one.
  let intruders: [String]
  /// How many tensors the architecture has.
  let expectedCount: Int

  /// - Parameter records: the view's tensors by their names.
  init(_ architecture: any Architecture, _ view: TrunkView, _ records: [String: TensorRecord], _ file: FileTensors) {
    (self.architecture, self.view) = (architecture, view)
    let source = ParameterSource(records, isSurvey: true)
    let network = NetworkBuilder(kind: "", source)
    _ = architecture.build(network)
    slot = network.headSlot
    trunk = Set(source.expected.lazy.filter { !$0.isHead }.map(\.name))
    let head = Set(source.expected.lazy.filter(\.isHead).map(\.name))
    let isWhole = !source.missing.contains(where: \.isHead) && !source.misshaped.contains(where: \.isHead)
    ownHead = (head, isWhole)
    missing = source.missing.map { ($0.name, $0.shape) }
    misshaped = source.misshaped.map { ($0.name, $0.expected, $0.found) }
    passed = source.passed
    let asked = trunk.union(head).union(passed)
    unexpected = view.inside.filter { !asked.contains($0.key) && !file.isCounter($0.value) }.map(\.key)
    expectedCount = source.expected.count
    let ownModules = Set(trunk.map(Self.firstPart))
    let headModule = slot.map { Self.firstPart($0.path + ".") }
    intruders = unexpected.filter { name in
      let module = Self.firstPart(name)
      return ownModules.contains(module) && module != headModule
        && view.inside[name].map { !file.isBuffer($0) } ?? false
    }
    isTrunkWhole =
      !source.missing.contains { !$0.isHead } && !source.misshaped.contains { !$0.isHead } && !trunk.isEmpty
  }

  /// Whether all that the trunk needs is there.
  let isTrunkWhole: Bool

  /// Whether trunk and head are there.
  var isWhole: Bool { missing.isEmpty && misshaped.isEmpty }

  /// Whether the file holds these tensors and no others.
  var isPerfect: Bool { isWhole && unexpected.isEmpty && view.prefix.isEmpty }

  /// How many things keep the tensors from being the architecture's.
  var shortfalls: Int { missing.count + misshaped.count + unexpected.count }

  /// The place in the file of the trunk's first tensor, by which one network is told from another.
  var firstIndex: Int { trunk.lazy.compactMap { view.inside[$0] }.min() ?? 0 }

  /// The places in the file of what the trunk takes and what it passes over.
  var indices: Set<Int> { Set(trunk.union(passed).lazy.compactMap { view.inside[$0] }) }

  /// What chooses the network whose tensors have no prefix.
  static let ownState = "own"

  /// The first part of a dotted name: of a module, where there is one.
  static func firstPart(_ name: String) -> Substring { name.prefix { $0 != "." } }
}
