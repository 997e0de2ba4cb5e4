extension ONNXGraph {
  /// The graph with every call of a function replaced by the function's nodes.
  ///
  /// - Throws: `InputError` naming the node: a function that calls itself, or calls that make the graph too large.
  func inlining(_ functions: [ONNXFunction]) throws(InputError) -> ONNXGraph {
    if functions.isEmpty { return self }
    var names = Set(inputs.map(\.name)).union(initializers.map(\.name))
    for node in nodes { node.collectNames(into: &names) }
    var inliner = try ONNXInliner(functions, taken: names)
    for node in nodes { try inliner.add(node) }
    var graph = self
    graph.nodes = inliner.nodes
    return graph
  }
}

private struct ONNXInliner {
  private struct Key: Hashable {
    let domain: String
    let name: String
    let overload: String
  }

  /// How deep calls may nest; exporters make two or three levels.
  private static let depthLimit = 32
  /// What all calls together may cost beside the nodes that are left, in calls, inputs, outputs and attributes, and in bytes of new
  /// names: functions that call others twice each double the graph at every level.
  private static let costLimit = 2 * ONNXReader.connectionLimit
  private static let nameLimit = 1 << 25

  private(set) var nodes: [ONNXNode] = []
  /// Nodes so far, those of graphs in attributes counted.
  private var nodeCount = 0
  private var functions: [Key: ONNXFunction] = [:]
  private var taken: Set<String>
  private var active: Set<Key> = []
  private var cost = 0
  private var nameBytes = 0
  private var callCounts: [String: Int] = [:]

  init(_ functions: [ONNXFunction], taken: Set<String>) throws(InputError) {
    self.taken = taken
    for function in functions {
      let key = Key(domain: function.domain, name: function.name, overload: function.overload)
      guard self.functions.updateValue(function, forKey: key) == nil else {
        throw InputError("", "is damaged: it defines the function \(function.name.printable) twice")
      }
    }
  }

  /// Adds the node, or what it stands for where it is a call.
  mutating func add(_ node: ONNXNode) throws(InputError) {
    cost += 1 + node.inputs.count + node.outputs.count + node.attributes.count
    guard nodeCount < ONNXReader.nodeLimit else { throw tooLarge("\(ONNXReader.nodeLimit) nodes", at: node) }
    guard cost <= Self.costLimit else {
      throw tooLarge("\(Self.costLimit) calls, inputs, outputs and attributes", at: node)
    }
    guard nameBytes <= Self.nameLimit else { throw tooLarge("\(Self.nameLimit) bytes of names", at: node) }
    let key = Key(domain: node.domain, name: node.opType, overload: node.overload)
    guard let function = functions[key] else {
      nodeCount += 1
      return nodes.append(try inliningGraphs(of: node))
    }
    guard active.count < Self.depthLimit else {
      throw InputError("", "\(node.label) calls functions more than \(Self.depthLimit) levels deep")
    }
    guard node.inputs.count <= function.inputs.count, node.outputs.count <= function.outputs.count else {
      throw InputError(
        "",
        """
        \(node.label) has \(node.inputs.count) inputs and \(node.outputs.count) outputs, \
        and its function \(function.inputs.count) and \(function.outputs.count)
        """)
    }
    let foreign = Set(node.attributes.keys).subtracting(function.attributes).filter { !function.hasDefault($0) }
    if let name = foreign.min() {
      throw InputError("", "\(node.label) has an attribute \(name.printable), which its function does not take")
    }
    guard active.insert(key).inserted else {
      throw InputError("", "\(node.label) is in the function that it calls")
    }
    try expand(node, function)
    active.remove(key)
  }

  /// The node with every call in its graphs replaced.
  private mutating func inliningGraphs(of node: ONNXNode) throws(InputError) -> ONNXNode {
    var node = node
    for case (let name, .graph(var body)) in node.attributes {
      let (inner, outer) = (body.nodes, nodes)
      nodes = []
      for node in inner { try add(node) }
      (body.nodes, nodes) = (nodes, outer)
      node.attributes[name] = .graph(body)
    }
    return node
  }

  private mutating func expand(_ call: ONNXNode, _ function: ONNXFunction) throws(InputError) {
    cost += function.inputs.count + function.outputs.count + function.attributes.count
    let prefix = uniquePrefix(call)
    var names = ["": ""]
    for (place, name) in function.inputs.enumerated() { names[name] = call.inputs.element(place) }
    var copies: [ONNXNode] = []
    for (place, name) in function.outputs.enumerated() {
      let output = call.outputs.element(place)
      if output.isEmpty { continue }
      if let source = names[name] {
        // An output that is an input, or another output, has no node of its own to make it.
        var copy = ONNXNode(name: "\(prefix)/Identity", opType: "Identity", inputs: [source], outputs: [output])
        copy.opset = function.opsets[""] ?? 1
        copy.metadata = call.metadata
        copies.append(copy)
      } else {
        names[name] = output
      }
    }
    for node in function.nodes { try add(try renamed(node, &names, prefix, call, function)) }
    for copy in copies { try add(copy) }
  }

  /// A node of a function's body as it stands in the graph.
  private mutating func renamed(
    _ node: ONNXNode, _ names: inout [String: String], _ prefix: String, _ call: ONNXNode, _ function: ONNXFunction
  ) throws(InputError) -> ONNXNode {
    var node = node
    node.inputs = node.inputs.map { rename($0, &names, prefix) }
    node.outputs = node.outputs.map { rename($0, &names, prefix) }
    node.name = "\(prefix)/\(node.name.isEmpty ? node.opType : node.name)"
    nameBytes += node.name.utf8.count
    for (name, attribute) in node.attributes {
      switch attribute {
      case .reference(let outer): node.attributes[name] = call.attributes[outer] ?? function.attributeProtos[outer]
      case .graph(var body):
        // Both branches of a choice may call a value the same: neither sees the other's.
        body.inputs = body.inputs.map { $0.named(rename($0.name, &names, prefix)) }
        body.outputs = body.outputs.map { $0.named(rename($0.name, &names, prefix)) }
        for place in body.initializers.indices {
          let record = body.initializers[place]
          body.initializers[place] = try record.named(rename(record.name, &names, prefix))
        }
        let unread = body.unread
        body.unread = [:]
        for (name, what) in unread { body.unread[rename(name, &names, prefix)] = what }
        for place in body.nodes.indices {
          body.nodes[place] = try renamed(body.nodes[place], &names, prefix, call, function)
        }
        node.attributes[name] = .graph(body)
      default: break
      }
    }
    if !node.hasScopes { node.metadata = call.metadata }
    return node
  }

  /// What the value `name` of a function's body is called in the graph.
  private mutating func rename(_ name: String, _ names: inout [String: String], _ prefix: String) -> String {
    if let known = names[name] { return known }
    var unique = "\(prefix)/\(name)"
    nameBytes += unique.utf8.count
    while !taken.insert(unique).inserted {
      unique += "_"
      nameBytes += unique.utf8.count
    }
    names[name] = unique
    return unique
  }

  /// The refusal of functions that make the graph too large.
  ///
  /// - Parameters:
  ///   - limit: what there is more of, such as "100000 nodes".
  ///   - node: the first that is too many.
  private func tooLarge(_ limit: Message, at node: ONNXNode) -> InputError {
    InputError(
      "", "has more than \(limit) when its functions stand in place of their calls; one too many is \(node.label)",
      remedy: "networks in use have thousands; functions that call others twice double them at every level")
  }

  /// The call's name, made different from those of other calls.
  private mutating func uniquePrefix(_ call: ONNXNode) -> String {
    let name = call.name.isEmpty ? call.opType : call.name
    let count = callCounts[name, default: 0]
    callCounts[name] = count + 1
    return count == 0 ? name : "\(name)_\(count)"
  }
}

extension ONNXNode {
  /// Adds the names of all that the node and the graphs in it make or are given.
  fileprivate func collectNames(into names: inout Set<String>) {
    names.formUnion(outputs)
    for case .graph(let body) in attributes.values {
      names.formUnion(body.inputs.map(\.name))
      names.formUnion(body.initializers.map(\.name))
      for node in body.nodes { node.collectNames(into: &names) }
    }
  }
}

extension ONNXValueInfo {
  fileprivate func named(_ name: String) -> ONNXValueInfo {
    ONNXValueInfo(name: name, elementType: elementType, isForeign: isForeign, dimensions: dimensions)
  }
}

extension ONNXFunction {
  /// Whether a call may leave the attribute out.
  fileprivate func hasDefault(_ attribute: String) -> Bool { attributeProtos[attribute] != nil }
}

extension [String] {
  /// The name at `place`; the empty string, which stands for an absent value, beyond the end.
  fileprivate func element(_ place: Int) -> String { place < count ? self[place] : "" }
}
