/// Builds a graph node by node, module by module, in execution order.
///
/// Every node is a module of its own, as in PyTorch; what PyTorch's code does by a function (`F.relu`, `+`) gets that function's
/// name (`relu`, `add`, `relu_1`), so that hooks reach it, too.
class GraphBuilder {
  let input = Value(index: 0)
  private var nodes: [Node] = []
  private var table = ModuleTable()
  private var openCalls: [Int] = []

  /// - Parameter kind: the network's class (`XRayClassifier`).
  init(kind: String) {
    openCalls = [openCall("", kind: kind, inputs: [input])]
  }

  /// The path of the module that is being built; empty for the network itself.
  var path: String { table.module(of: openCalls[openCalls.count - 1]).path }

  /// The path of `name` inside the module that is being built.
  func path(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  /// Adds an operation as the module `name`; a name that has been used is called once more, as a shared module is.
  ///
  /// - Parameter inPlace: whether PyTorch's code writes the output over the first input.
  func add(_ operation: any Operation, _ inputs: Value..., as name: String, inPlace: Bool = false) -> Value {
    add(operation, inputs, as: name, inPlace: inPlace)
  }

  func add(_ operation: any Operation, _ inputs: [Value], as name: String, inPlace: Bool = false) -> Value {
    let call = openCall(path(of: name), kind: operation.kind, inputs: inputs)
    return append(operation, inputs, call: call, inPlace: inPlace)
  }

  /// Adds an operation that the network's code does by a function: named by its kind, numbered from the second on.
  ///
  /// - Parameter inPlace: whether PyTorch's code writes the output over the first input.
  func function(_ operation: any Operation, _ inputs: Value..., inPlace: Bool = false) -> Value {
    function(operation, inputs, inPlace: inPlace)
  }

  func function(_ operation: any Operation, _ inputs: [Value], inPlace: Bool = false) -> Value {
    let base = path(of: operation.kind.lowercased())
    var name = base
    var count = 0
    while table.contains(name) {
      count += 1
      name = "\(base)_\(count)"
    }
    let call = openCall(name, kind: operation.kind, inputs: inputs)
    return append(operation, inputs, call: call, inPlace: inPlace)
  }

  /// Adds a block: what `body` adds stands inside the module `name`. A block that adds nothing hands its input on.
  func module(_ name: String, kind: String, _ input: Value, _ body: (Value) -> Value) -> Value {
    let call = openCall(path(of: name), kind: kind, inputs: [input])
    openCalls.append(call)
    var output = body(input)
    // A value of its own keeps hooks on an empty block from reaching everybody who uses its input.
    if output == input { output = append(Identity(kind: kind), [input], call: call) }
    openCalls.removeLast()
    table.calls[call].end(at: nodes.count, output: output)
    let hasChildren = nodes[table.calls[call].nodes].contains { $0.call != call }
    if hasChildren { table.markParent(call) }
    return output
  }

  /// The finished graph, whose output is `output`.
  func graph(output: Value) -> Graph {
    table.calls[0].end(at: nodes.count, output: output)
    table.markParent(0)
    return Graph(nodes: nodes, calls: table.calls, modules: table.modules, input: input, output: output)
  }

  private func openCall(_ path: String, kind: String, inputs: [Value]) -> Int {
    table.open(path, kind: kind, parent: openCalls.last, inputs: inputs, at: nodes.count)
  }

  private func append(
    _ operation: any Operation, _ inputs: [Value], call: Int, inPlace: Bool = false
  ) -> Value {
    let output = Value(index: nodes.count + 1)
    nodes.append(Node(operation: operation, inputs: inputs, output: output, call: call, isInPlace: inPlace))
    table.calls[call].end(at: nodes.count, output: output)
    return output
  }
}
