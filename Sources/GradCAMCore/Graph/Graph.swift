/// A value of a network, computed once in a pass: the input, or what one node gives.
struct Value: Hashable, Sendable {
  let index: Int
}

/// One operation at its place in a network.
struct Node: Sendable {
  let operation: any Operation
  let inputs: [Value]
  let output: Value
  /// The innermost module call that the node belongs to, as an index into `Graph.calls`.
  let call: Int
  /// Whether PyTorch's code writes the output over the first input: `ReLU(inplace=True)`, `+=`.
  var isInPlace = false

  /// The node with another operation.
  func with(_ operation: any Operation) -> Node {
    Node(operation: operation, inputs: inputs, output: output, call: call, isInPlace: isInPlace)
  }
}

/// One run of a module in a pass; a module that is shared (a ReLU used twice) has several.
struct ModuleCall: Sendable {
  let module: Int
  /// Which of the module's calls this is, from 0.
  let ordinal: Int
  /// The call around this one; nil for the network itself.
  let parent: Int?
  var inputs: [Value]
  /// The value that leaves the module.
  var output: Value
  /// The nodes that run inside, in execution order.
  var nodes: Range<Int>

  /// Has the call hold all nodes below `end` since it was opened.
  mutating func end(at end: Int, output: Value) { (nodes, self.output) = (nodes.lowerBound..<end, output) }
}

/// A module: a node's, or a block of others, named as PyTorch prints it.
struct ModuleRecord: Sendable {
  /// `resnet_blocks.4.conv2`; empty for the network itself.
  var path: String
  /// `Conv2d`, `ResNetBlock`.
  var kind: String
  var calls: [Int] = []
  var hasChildren = false
  /// The path of a module whose own output an export lost in this one's: a convolution that a batch norm was folded into.
  var vanished: String?
  /// Whether the path was made up, since the module that a file calls so gives another value.
  var isFolded = false
}

/// A network: operations in execution order, and the modules they belong to. Immutable, and shared by all sessions.
///
/// Made by a `GraphBuilder`. Value 0 is the input; node `i` gives value `i + 1`.
public struct Graph: Sendable {
  private(set) var nodes: [Node]
  let calls: [ModuleCall]
  let modules: [ModuleRecord]
  let input: Value
  let output: Value
  /// What the last operations make of the scores.
  private(set) var ending: Ending
  private let moduleByPath: [String: Int]
  /// The modules whose last call a value leaves, in the order they first run.
  private let modulesByResult: [Value: [Int]]

  init(nodes: [Node], calls: [ModuleCall], modules: [ModuleRecord], input: Value, output: Value) {
    (self.nodes, self.calls, self.modules, self.input, self.output) = (nodes, calls, modules, input, output)
    ending = Ending(nodes, output: output, shapes: [:])
    // No two have one path: a file's names were told apart when the modules were found.
    moduleByPath = Dictionary(uniqueKeysWithValues: modules.enumerated().map { ($1.path, $0) })
    modulesByResult = modules.enumerated().reduce(into: [:]) { found, module in
      if let call = module.element.calls.last { found[calls[call].output, default: []].append(module.offset) }
    }
  }

  /// Paths of all modules, in the order they first run; the network itself is not among them.
  public var modulePaths: [String] { modules.lazy.map(\.path).filter { !$0.isEmpty } }

  func moduleIndex(_ path: String) -> Int? { moduleByPath[path] }

  /// The modules whose last call `value` leaves, in the order they first run; the network itself is not among them.
  func modules(endingIn value: Value) -> [ModuleRecord] {
    (modulesByResult[value] ?? []).map { modules[$0] }.filter { !$0.path.isEmpty }
  }

  /// The call that the layer at `path` is captured at: its module's last.
  func lastCall(_ path: String) -> ModuleCall? {
    moduleByPath[path].flatMap { modules[$0].calls.last }.map { calls[$0] }
  }

  /// The value before a final sigmoid or softmax, seen through what only moves, casts or clips shares behind it; the output itself
  /// where the network ends in neither.
  var logits: Value { ending.logits }

  /// Reads the network's end again, with the shapes that its values have for one image.
  mutating func readEnding(_ shapes: [Value: Shape]) { ending = Ending(nodes, output: output, shapes: shapes) }

  /// The graph with other operations at some nodes, by their indices, that give the same shapes.
  func replacing(_ operations: [Int: any Operation]) -> Graph {
    var graph = self
    for (index, operation) in operations { graph.nodes[index] = nodes[index].with(operation) }
    return graph
  }

  /// The node that gives a value; nil for the input.
  func producer(_ value: Value) -> Node? { value.index == 0 ? nil : nodes[value.index - 1] }

  /// The path of the module that a node belongs to.
  func path(of node: Node) -> String { modules[calls[node.call].module].path }

  /// The calls around a node, innermost first, the network's own last.
  func enclosingCalls(_ call: Int) -> [Int] {
    var chain = [call]
    while let parent = calls[chain[chain.count - 1]].parent { chain.append(parent) }
    return chain
  }
}
