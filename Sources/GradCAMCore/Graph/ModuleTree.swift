import ModelFormats

/// One module around a node, outermost first in a node's chain.
struct ModuleScope: Hashable, Sendable {
  /// `layer1.0.conv1`, in full.
  var path: String
  /// `Conv2d`; empty where it is not known.
  var kind: String
  /// Which of the module's calls in a row this is, where the file tells them apart.
  var call = 0
}

/// Where a node stands among modules, by what the file says.
struct ModulePlace: Sendable {
  /// The modules around the node, outermost first.
  var scopes: [ModuleScope]
  /// What to call the node where its innermost module has other nodes, too.
  var name: String
  /// The module whose own output is lost in the node's; the innermost one where the file gives it a value that is not its own.
  var vanished: String?
}

/// Finds the modules of a graph whose nodes only say which modules they stand in, as exported networks do.
///
/// A module's call is a run of nodes without a gap; one whose nodes come back later is called again. A module of one node is that
/// node's own; in one of several each node is a module by its operation's name. Nodes that multiply by different weights are
/// different modules, whatever the file calls them.
final class ModuleTree {
  private struct Entry {
    let operation: any Operation
    let inputs: [Value]
    let place: ModulePlace
    let weights: [TensorRecord]
    /// The modules around the node that the file has.
    var scopes: [ModuleScope]
    /// Its path where its innermost module has other nodes, too, or is lost.
    let functionPath: String
  }

  /// What a file calls a module, and the kind of its node.
  private struct Claim: Hashable {
    let path: String
    let kind: String
  }

  /// Who makes a claim: the first node, and those that multiply by other weights.
  private struct Owners {
    let first: [TensorRecord]
    /// Paths by the weights' digests, from the second node on.
    var paths: [String: String] = [:]
  }

  private let kind: String
  private var entries: [Entry] = []
  private var table = ModuleTable()
  private var owners: [Claim: Owners] = [:]
  /// Paths that the file gives anything.
  private var taken: Set<String> = []
  /// By the beginning of a path that was made up, how many were.
  private var madeUp: [String: Int] = [:]

  /// - Parameter kind: the network's class.
  init(kind: String) { self.kind = kind }

  /// How many nodes were added.
  var count: Int { entries.count }

  /// Adds a node.
  ///
  /// - Parameter weights: what the node takes of the file's weights.
  func add(
    _ operation: any Operation, _ inputs: [Value], at place: ModulePlace, weights: [TensorRecord] = []
  ) -> Value {
    let functionPath = (place.scopes.last.map { $0.path + "." } ?? "") + place.name
    entries.append(
      Entry(
        operation: operation, inputs: inputs, place: place, weights: weights, scopes: place.scopes,
        functionPath: functionPath))
    taken.formUnion(place.scopes.lazy.map(\.path))
    taken.insert(functionPath)
    return Value(index: entries.count)
  }

  /// Takes modules away that ended in a node which now belongs to another one: what is left of them is not what they give.
  private func dropLostModules() {
    let lost = Set(entries.compactMap { $0.place.vanished }).subtracting(
      entries.lazy.filter { $0.place.vanished != nil }.map { $0.place.scopes.last?.path ?? "" })
    if lost.isEmpty { return }
    for index in entries.indices { entries[index].scopes.removeAll { lost.contains($0.path) } }
  }

  /// The finished graph, whose output is `output`.
  func graph(output: Value) -> Graph {
    dropLostModules()
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
    for (node, entry) in zip(nodes, entries) { renameVanished(node, entry.place) }
    return Graph(nodes: nodes, calls: table.calls, modules: table.modules, input: Value(index: 0), output: output)
  }

  /// The modules around a node, its own at the end.
  private func leafScopes(_ index: Int) -> [ModuleScope] {
    let entry = entries[index]
    guard let inner = entry.scopes.last, inner == entry.place.scopes.last, !hasCompany(index) else {
      return entry.scopes + [ModuleScope(path: entry.functionPath, kind: entry.operation.kind)]
    }
    let kind = inner.kind.isEmpty ? entry.operation.kind : inner.kind
    return entry.scopes.dropLast() + [ModuleScope(path: ownPath(inner.path, entry), kind: kind, call: inner.call)]
  }

  /// `path`, or another one where a node of the same kind has it that multiplies by other weights.
  private func ownPath(_ path: String, _ entry: Entry) -> String {
    if entry.weights.isEmpty { return path }
    let claim = Claim(path: path, kind: entry.operation.kind)
    guard let first = owners[claim]?.first else {
      owners[claim] = Owners(first: entry.weights)
      return path
    }
    if first.map(\.identity) == entry.weights.map(\.identity) { return path }
    if owners[claim]?.paths.isEmpty ?? true { owners[claim]?.paths[first.digest] = path }
    let digest = entry.weights.digest
    if let own = owners[claim]?.paths[digest] { return own }
    let own = freePath("\(path)_")
    owners[claim]?.paths[digest] = own
    return own
  }

  /// `base` and a number that make a path which nobody has; it is taken from now on.
  private func freePath(_ base: String) -> String {
    while true {
      let number = madeUp[base, default: 0] + 1
      madeUp[base] = number
      if taken.insert("\(base)\(number)").inserted { return "\(base)\(number)" }
    }
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

  /// Takes a module's name off a node that puts out more than the module does.
  private func renameVanished(_ node: Node, _ place: ModulePlace) {
    guard let vanished = place.vanished else { return }
    let leaf = table.calls[node.call].module
    let isNamed = place.scopes.last?.path ?? "" == vanished || table.modules[leaf].path == vanished
    guard isNamed else { return table.note(vanished, of: leaf) }
    // A module around it whose result is the node's: a convolution that pads by a node of its own.
    let around = table.index(of: vanished).flatMap { table.result(of: $0) == node.output ? $0 : nil }
    for module in Set([leaf, around ?? leaf]).sorted() where table.modules[module].vanished == nil {
      let path = table.modules[module].path
      if path.isEmpty { continue }
      table.note(path, of: module)
      let folded = "\(path)_folded"
      table.rename(module, to: taken.insert(folded).inserted ? folded : freePath("\(folded)_"))
    }
  }
}

extension [TensorRecord] {
  /// The same for the same numbers: exporters copy what a shared module takes.
  fileprivate var digest: String { map { "\($0.type) \($0.shape) \(SHA256.digest(of: $0.region.bytes))" }.joined() }
}
