import Glibc
import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// Choices and loops whose ways are known when a file is loaded, and lists of tensors: what is left of them is what they compute.
@Suite struct ONNXControlFlowTests {
  private func expectSame(_ network: SmallNetwork, _ plain: String) throws {
    let expected = try SmallNetwork(plain).scores()
    #expect(try network.scores() == expected)
    // A file of ours keeps the graphs in nodes.
    let path = FilePath("/tmp/gradcam-control-\(UInt32.random(in: 0 ... .max)).bin")
    try network.load().write(to: path)
    defer { path.withCString { _ = unlink($0) } }
    let converted = try Model.load(path)
    #expect(try Session(converted.graph).forward(SmallNetwork.image()).output.logical() == expected)
  }

  /// The 4 rows of `c`, compared with 3 and with 4.
  private static let size = "Shape c -> s; Gather s,rows -> r; Less r,i3 -> small; Not small -> large;"
  private static let rows = SmallNetwork.integers("rows", [], [2])

  @Test func `Takes the branch that a size chooses, and nothing of the other`() throws {
    // The other one needs what nobody computes, inside and outside.
    let branches = [
      "then": SmallNetwork.graph("Foreign c,v -> t", outputs: ["t"]),
      "else": SmallNetwork.graph("Add c,k -> e", outputs: ["e"], weights: [SmallNetwork.floats("k", [], [0.5])]),
    ]
    var network = SmallNetwork(
      "Missing c -> v;\(Self.size) If small -> f then_branch=@then else_branch=@else", graphs: branches)
    network.weights = [Self.rows]
    try expectSame(network, "Add c,half -> f")
    network.middle = SmallNetwork.nodes(
      "Missing c -> v;\(Self.size) If large -> f then_branch=@then else_branch=@else", graphs: branches)
    let refusal = try #require(network.refusal())
    #expect(refusal.contains("not supported: the node that makes v (Missing)"), "\(refusal)")
  }

  @Test func `Takes a branch in a branch, and what both take from around them`() throws {
    let inner = [
      "a": SmallNetwork.graph("Mul c,two -> t", outputs: ["t"]), "b": SmallNetwork.graph("Neg c -> t", outputs: ["t"]),
    ]
    let outer = [
      "then": SmallNetwork.graph("Neg c -> u", outputs: ["u"]),
      "else": SmallNetwork.graph(
        "Not small -> n; If n -> i then_branch=@a else_branch=@b; Add i,doubled -> u", outputs: ["u"], graphs: inner),
    ]
    var network = SmallNetwork(
      "Add c,c -> doubled;\(Self.size) If small -> f then_branch=@then else_branch=@else", graphs: outer)
    network.weights = [Self.rows]
    try expectSame(network, "Add c,c -> doubled; Mul c,two -> i; Add i,doubled -> f")
  }

  @Test func `A chain of choices each of which takes the one before`() throws {
    // Each is found to be needed only when the next has been made: far more than a thread's stack would hold.
    let count = 5000
    var nodes: [Wire] = []
    for index in 0..<count {
      let before = index == 0 ? "c" : "v\(index)"
      let same = SmallNetwork.graph("", outputs: [before])
      nodes += SmallNetwork.nodes(
        "If yes -> v\(index + 1) then_branch=@a else_branch=@a", graphs: ["a": same])
    }
    let network = SmallNetwork(nodes + SmallNetwork.nodes("Identity v\(count) -> f"))
    #expect(try network.scores() == SmallNetwork("Identity c -> f").scores())
  }

  @Test func `Rolls out a loop of a known count`() throws {
    let body = SmallNetwork.graph(
      "Mul v,half -> h; Add h,c -> next; Add i,i1 -> count", inputs: ["i", "on", "v"], outputs: ["on", "next", "count"])
    let network = SmallNetwork(
      "Loop i3,_,c -> last,counts body=@body; ReduceSum counts -> sum keepdims=0; Mul last,sum -> f",
      graphs: ["body": body])
    var plain = ""
    for round in 0..<3 {
      plain += "Mul \(round == 0 ? "c" : "n\(round)"),half -> h\(round); Add h\(round),c -> n\(round + 1);"
    }
    // 1 + 2 + 3
    try expectSame(network, plain + "Mul i3,two -> six; Mul n3,six -> f")
  }

  @Test func `Rolls out a loop that its body ends`() throws {
    let body = SmallNetwork.graph(
      "Less i,i1 -> more; Add v,c -> next", inputs: ["i", "on", "v"], outputs: ["more", "next"])
    try expectSame(
      SmallNetwork("Loop _,yes,c -> f body=@body", graphs: ["body": body]), "Add c,c -> a; Add a,c -> f")
    try expectSame(SmallNetwork("Loop i3,no,c -> f body=@body", graphs: ["body": body]), "Identity c -> f")
  }

  @Test(arguments: [
    (
      "ReduceMax c -> top keepdims=0; Greater top,half -> b; If b -> f then_branch=@same else_branch=@same",
      "chooses between"
    ),
    ("ReduceMax c -> top keepdims=0; Cast top -> n to=7; Loop n,_,c -> f body=@body", "runs as often as"),
    ("ReduceMax c -> top keepdims=0; Greater top,half -> b; Loop i3,b,c -> f body=@body", "runs as often as"),
    ("Loop i3,yes,c -> f body=@seen", "runs as often as"), ("Loop _,_,c -> f body=@body", "never ends"),
    ("Loop i3,_ -> f body=@body", "of different numbers"), ("If yes -> f then_branch=@same", "lacks its"),
    ("Scan c -> f body=@body", "not supported"), ("If x -> f then_branch=@same else_branch=@same", "chooses between"),
  ])
  func `Refuses what only the image tells`(_ middle: String, _ problem: String) throws {
    let graphs = [
      "same": SmallNetwork.graph("Identity c -> t", outputs: ["t"]),
      "body": SmallNetwork.graph("Add v,c -> next", inputs: ["i", "on", "v"], outputs: ["on", "next"]),
      "seen": SmallNetwork.graph(
        "ReduceMax v -> top keepdims=0; Greater top,half -> b; Add v,c -> next", inputs: ["i", "on", "v"],
        outputs: ["b", "next"]),
    ]
    let middle = problem == "lacks its" ? middle.replacing("yes", with: "no") : middle
    let refusal = try #require(SmallNetwork(middle, graphs: graphs).refusal())
    #expect(refusal.contains(problem) && refusal.utf8.count <= 250, "\(refusal)")
  }

  @Test func `A loop without end costs what may be rolled out and no more`() {
    let budget = ONNXConstantBudget(weights: [])
    let error = #expect(throws: InputError.self) {
      for _ in 0...ONNXConstantBudget.stepLimit { try budget.step() }
    }
    #expect(error?.description == "is one of more than 131072 steps that loops are rolled out to")
  }

  @Test func `A loop that doubles a constant ends where its memory does`() throws {
    // Of 2, 4, 8, … numbers; 1 GiB is allowed for all that are alive at once.
    let body = SmallNetwork.graph("Concat s,s -> t axis=0", inputs: ["i", "on", "s"], outputs: ["on", "t"])
    var network = SmallNetwork(
      "Loop many,_,start -> last body=@body; ReduceSum last -> r; Add c,r -> f", graphs: ["body": body])
    network.weights = [SmallNetwork.integers("many", [], [60]), SmallNetwork.floats("start", [2], [0, 0])]
    let refusal = try #require(network.refusal())
    #expect(refusal.contains("(Concat) brings constants that are computed to 1.6 GB of memory, and 1.0 GB are allowed"))
  }

  @Test func `What constants take is given back when nobody holds them`() throws {
    let budget = ONNXConstantBudget(weights: [])
    let constant = { ONNXConstant(Tensor(Shape(1 << 20)) { _ in }, isInteger: false) }
    for _ in 0..<300 { try budget.hold(constant()) }
    var held: [ONNXConstant] = []
    let error = #expect(throws: InputError.self) {
      for _ in 0..<300 {
        held.append(constant())
        try budget.hold(held[held.count - 1])
      }
    }
    #expect(held.count == 257 && error?.description.contains("1.0 GB are allowed for this file") == true)
  }

  @Test func `Work over constants is allowed by the size of the file`() throws {
    let budget = ONNXConstantBudget(weights: [])
    try budget.spend(budget.allowedWork)
    let error = #expect(throws: InputError.self) { try budget.spend(1_000_000) }
    #expect(error?.description.contains("over the 4294 million numbers, read and made, that are allowed") == true)
  }

  @Test func `An error deep in graphs names one node`() throws {
    var graph = SmallNetwork.graph("Identity c -> t", outputs: ["t"])
    for level in 0..<20 {
      graph = SmallNetwork.graph("If yes -> t\(level) then_branch=@in", outputs: ["t\(level)"], graphs: ["in": graph])
    }
    let refusal = try #require(SmallNetwork("If yes -> f then_branch=@in", graphs: ["in": graph]).refusal())
    #expect(refusal.contains("levels deep") && refusal.utf8.count < 200, "\(refusal)")
    #expect(refusal.ranges(of: "the node that makes").count == 1)
  }

  @Test func `Lists of tensors come apart again`() throws {
    try expectSame(
      SmallNetwork(
        """
        SplitToSequence c,i3 -> d axis=1; SequenceAt d,i0 -> a; SequenceConstruct a,c -> r; SequenceErase r,i1 -> t;\
        SequenceInsert t,c,i0 -> u; Identity u -> n; SequenceLength n -> l; Mul c,l -> two_c;\
        SequenceAt n,i0 -> whole; Add whole,two_c -> f
        """), "Mul c,two -> b; Add c,b -> f")
    // Three, three and two channels, the first from behind.
    try expectSame(
      SmallNetwork("SplitToSequence c,i3 -> d axis=1; ConcatFromSequence d -> f axis=1"), "Identity c -> f")
    try expectSame(
      SmallNetwork("SplitToSequence c -> d axis=1 keepdims=0; ConcatFromSequence d -> f axis=1 new_axis=1"),
      "Identity c -> f")
    let beyond = try #require(SmallNetwork("SequenceConstruct c -> d; SequenceAt d,i3 -> f").refusal())
    #expect(beyond.contains("takes entry 3 of 1"))
    let list = try #require(SmallNetwork("SequenceConstruct c,c -> d; Relu d -> f").refusal())
    #expect(list.contains("which is a list of tensors"))
  }
}
