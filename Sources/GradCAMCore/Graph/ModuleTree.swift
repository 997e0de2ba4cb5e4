/// One module around a node, outermost first in a node's chain.
struct ModuleScope: Hashable, Sendable {
  /// `layer1.0.conv1`, in full.
  var path: String
  /// `Conv2d`; empty where it is not known.
  var kind: String
  /// Which of the module's calls in a row this is, where the file tells them apart.
  var call = 0
}

/// Finds the modules of a graph whose nodes only say which modules they stand in, as exported networks do.
///
/// A module's call is a run of nodes without a gap; one whose nodes come back later is called again. A module of one node is that
/// node's own; in one of several each node is a module by its operation's name.
final class ModuleTree {
  private struct Entry {
    let operation: any Operation
    let inputs: [Value]
    let scopes: [ModuleScope]
    /// What the node is called inside its innermost module.
    let name: String
  }

  private let kind: String
  private var entries: [Entry] = []
  private var table = ModuleTable()

  /// - Parameter kind: the network's class.
  init(kind: String) { self.kind = kind }

  /// Adds a node.
  ///
  /// - Parameters:
  ///   - scopes: the modules around it, outermost first.
  ///   - name: what to call it where its innermost module has other nodes, too.
  func add(_ operation: any Operation, _ inputs: [Value], in scopes: [ModuleScope], name: String) -> Value {
    entries.append(Entry(operation: operation, inputs: inputs, scopes: scopes, name: name))
    return Value(index: entries.count)
  }

  /// The finished graph, whose output is `output`.
  func graph(output: Value) -> Graph {
    var open = [table.open("", kind: kind, parent: nil, at: 0)]
    var openScopes: [ModuleScope] = []
    var nodes: [Node] = []
    for (index, entry) in entries.enumerated() {
      let scopes = leafScopes(index)
      let common = zip(openScopes, scopes).prefix { $0.path == $1.path && $0.call == $1.call }.count
      open.removeLast(open.count - 1 - common)
      for scope in scopes.dropFirst(common) {
        let (kind, parent) = (scope.kind.isEmpty ? "Module" : scope.kind, open[open.count - 1])
        table.markParent(parent)
        open.append(table.open(scope.path, kind: kind, parent: parent, at: index))
      }
      // The node's own module ends with it: a second node of that name is a second call.
      openScopes = Array(scopes.dropLast())
      let value = Value(index: index + 1)
      nodes.append(Node(operation: entry.operation, inputs: entry.inputs, output: value, call: open[open.count - 1]))
      for call in open { table.calls[call].end(at: index + 1, output: value) }
      open.removeLast()
    }
    connectCalls(nodes, output)
    return Graph(nodes: nodes, calls: table.calls, modules: table.modules, input: Value(index: 0), output: output)
  }

  /// The modules around a node, its own at the end.
  private func leafScopes(_ index: Int) -> [ModuleScope] {
    let entry = entries[index]
    guard let inner = entry.scopes.last, !hasCompany(index) else {
      let base = entry.scopes.last.map { $0.path + "." } ?? ""
      return entry.scopes + [ModuleScope(path: base + entry.name, kind: entry.operation.kind)]
    }
    let kind = inner.kind.isEmpty ? entry.operation.kind : inner.kind
    return entry.scopes.dropLast() + [ModuleScope(path: inner.path, kind: kind, call: inner.call)]
  }

  /// Whether the run of a node's innermost module holds other nodes.
  private func hasCompany(_ index: Int) -> Bool {
    guard let inner = entries[index].scopes.last else { return true }
    return [index - 1, index + 1].contains { neighbour in
      entries.indices.contains(neighbour)
        && entries[neighbour].scopes.contains { $0.path == inner.path && $0.call == inner.call }
    }
  }

  /// Finds what enters and what leaves each call.
  private func connectCalls(_ nodes: [Node], _ output: Value) {
    var lastUse = [Int](repeating: -1, count: nodes.count + 1)
    for (index, node) in nodes.enumerated() { for value in node.inputs { lastUse[value.index] = index } }
    lastUse[output.index] = nodes.count
    for call in table.calls.indices {
      let range = table.calls[call].nodes
      var inputs: [Value] = []
      var known: Set<Value> = []
      for value in nodes[range].lazy.flatMap(\.inputs)
      where value.index <= range.lowerBound && known.insert(value).inserted { inputs.append(value) }
      // The last of several values that leave: a block's result comes after what it hands out on the way.
      let leaving = range.last { lastUse[$0 + 1] >= range.upperBound } ?? range.upperBound - 1
      let result = call == 0 ? output : Value(index: leaving + 1)
      (table.calls[call].inputs, table.calls[call].output) = (inputs, result)
    }
  }
}
