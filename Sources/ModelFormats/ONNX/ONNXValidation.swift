extension ONNXGraph {
  /// The graph with its nodes in an order in which they can run and its weights taken from its inputs; so the graphs in its nodes.
  ///
  /// - Parameter depth: how many graphs are around this one, which gives them what it lacks.
  /// - Throws: `InputError` naming the node and the value: one that nothing makes, that two nodes make, or that is made
  ///   from itself.
  func validated(depth: Int) throws(InputError) -> ONNXGraph {
    guard depth <= ONNXReader.depthLimit else { throw .tooDeep }
    if depth == 0 {
      guard !nodes.isEmpty else { throw InputError("", "has a graph without nodes") }
      guard !outputs.isEmpty else { throw InputError("", "has a graph without outputs") }
    }
    guard nodes.count <= ONNXReader.nodeLimit else { throw .tooManyNodes("") }
    let connectionCount = nodes.reduce(0) { $0 + $1.inputs.count + $1.outputs.count }
    guard connectionCount <= ONNXReader.connectionLimit else { throw .tooManyConnections }
    var graph = self
    let weights = Set(initializers.map(\.name)).union(unread.keys)
    graph.inputs = inputs.filter { !weights.contains($0.name) }
    if let input = inputs.first, graph.inputs.isEmpty {
      throw InputError("", "has a tensor of its own for every input, such as \(input.name.printable)")
    }
    for index in nodes.indices { try graph.nodes[index].validateGraphs(depth: depth + 1) }
    let given = try graph.given()
    let makers = try makers(besides: given)
    // What a graph in a node lacks, the graphs around it have.
    if depth == 0 { try graph.checkNames(given, makers) }
    graph.nodes = try graph.sorted(makers)
    return graph
  }

  private func checkNames(_ given: Set<String>, _ makers: [String: Int]) throws(InputError) {
    for node in nodes {
      for input in node.inputs + node.captures where !input.isEmpty && makers[input] == nil && !given.contains(input) {
        throw InputError("", "\(node.label) takes \(input.printable), which nothing makes")
      }
    }
    for output in outputs where makers[output.name] == nil && !given.contains(output.name) {
      throw InputError("", "its output \(output.name.printable) is made by no node")
    }
  }

  /// The names that the graph uses and does not make, each once.
  package var captures: [String] {
    var known = Set(inputs.map(\.name)).union(initializers.map(\.name)).union(unread.keys)
    for node in nodes { known.formUnion(node.outputs) }
    known.insert("")
    let used = nodes.lazy.flatMap { $0.inputs + $0.captures } + outputs.map(\.name)
    return used.filter { known.insert($0).inserted }
  }

  /// The values that no node makes: inputs and weights.
  private func given() throws(InputError) -> Set<String> {
    var given: Set<String> = []
    let tensors = initializers.map(\.name) + unread.keys.filter { !$0.isEmpty }
    for (kind, names) in [("input", inputs.map(\.name)), ("tensor", tensors)] {
      for name in names {
        guard !name.isEmpty else { throw InputError("", "is damaged: it has an initialiser or input of no name") }
        guard given.insert(name).inserted else { throw InputError("", "has the \(kind) \(name.printable) twice") }
      }
    }
    return given
  }

  /// The node that makes each value.
  private func makers(besides given: Set<String>) throws(InputError) -> [String: Int] {
    var makers: [String: Int] = [:]
    for (index, node) in nodes.enumerated() {
      for case (let name, .reference(let outer)) in node.attributes {
        throw InputError(
          "", "\(node.label) takes its attribute \(name.printable) from \(outer.printable), and is in no function")
      }
      let made = node.outputs.filter { !$0.isEmpty }
      guard !made.isEmpty else { throw InputError("", "\(node.label) makes nothing") }
      for output in made where given.contains(output) || makers.updateValue(index, forKey: output) != nil {
        throw InputError("", "\(node.label) makes \(output.printable), which is there already")
      }
    }
    return makers
  }

  /// The nodes, each after those whose values it takes, in the file's order where that holds already.
  private func sorted(_ makers: [String: Int]) throws(InputError) -> [ONNXNode] {
    enum State { case waiting, open, done }
    var states = [State](repeating: .waiting, count: nodes.count)
    var order: [ONNXNode] = []
    order.reserveCapacity(nodes.count)
    let uses = nodes.map { $0.captures.isEmpty ? $0.inputs : $0.inputs + $0.captures }
    // A stack of our own: a chain of nodes in reverse order is as deep as it is long.
    var path: [(node: Int, input: Int)] = []
    for root in nodes.indices where states[root] == .waiting {
      states[root] = .open
      path.append((root, 0))
      while let (index, place) = path.last {
        let inputs = uses[index]
        guard place < inputs.count else {
          states[index] = .done
          order.append(nodes[index])
          path.removeLast()
          continue
        }
        path[path.count - 1].input += 1
        guard let maker = makers[inputs[place]] else { continue }
        switch states[maker] {
        case .done: break
        case .open:
          throw InputError(
            "", "\(nodes[index].label) takes \(inputs[place].printable), which is made from what it makes")
        case .waiting:
          states[maker] = .open
          path.append((maker, 0))
        }
      }
    }
    return order
  }
}

extension ONNXNode {
  /// Checks the graphs in the attributes, and finds out what they take from around them.
  fileprivate mutating func validateGraphs(depth: Int) throws(InputError) {
    var seen: Set<String> = []
    captures = []
    for (name, attribute) in attributes.sorted(by: { $0.key < $1.key }) {
      guard case .graph(let body) = attribute else { continue }
      do {
        let graph = try body.validated(depth: depth)
        captures += graph.captures.filter { seen.insert($0).inserted }
        attributes[name] = .graph(graph)
      } catch {
        throw error.at(self)
      }
    }
  }
}
