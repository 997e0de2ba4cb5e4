import FoundationEssentials

// A graph as JSON, for model files that keep its weights as tensors of their own: what an ONNX file says, without protobuf.

extension ONNXModel {
  /// The graph as JSON, and the tensors that belong to it, under names that the JSON refers to: the weights in their order, under
  /// their own names where a file of ours may have those, and behind them the tensors in nodes' attributes.
  ///
  /// - Throws: `InputError` without a subject where it cannot be written.
  package func graphJSON() throws(InputError) -> (json: String, tensors: [TensorRecord]) {
    if source != nil { return try complete().graphJSON() }
    var tensors: [TensorRecord] = []
    var record = GraphRecord(
      inputs: graph.inputs.map(InputRecord.init), outputs: graph.outputs.map(\.name),
      weights: graph.initializers.map(\.name))
    let kept = keptNames
    if kept != record.weights { record.tensors = kept }
    if !graph.unread.isEmpty { record.unread = graph.unread }
    if explainedOutput != graph.outputs.first?.name { record.explained = explainedOutput }
    for (tensor, name) in zip(graph.initializers, kept) { tensors.append(try tensor.named(name)) }
    let count = tensors.count
    record.nodes = try Self.records(of: graph.nodes, "gradcam.attribute", &tensors)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = GraphRecord.infinities
    do {
      let attributes = tensors[count...].sorted { $0.name < $1.name }
      return (String(decoding: try encoder.encode(record), as: UTF8.self), tensors[..<count] + attributes)
    } catch {
      throw InputError("", "has a graph that cannot be written as JSON: \(error)")
    }
  }

  /// The nodes as records, and their tensors under names that begin with `prefix`.
  private static func records(
    of nodes: [ONNXNode], _ prefix: String, _ tensors: inout [TensorRecord]
  ) throws(InputError) -> [NodeRecord] {
    var records: [NodeRecord] = []
    for (index, node) in nodes.enumerated() {
      var attributes: [String: AttributeRecord] = [:]
      for (name, attribute) in node.attributes {
        let path = "\(prefix).\(index).\(name)"
        switch attribute {
        case .tensor(let tensor):
          tensors.append(try tensor.named(path))
          attributes[name] = AttributeRecord(tensor: path)
        case .graph(let body):
          // No deeper than the reader lets graphs nest. Names may be long: which of them it is, is enough.
          let path = "\(prefix).\(index).\(node.attributes.keys.sorted().firstIndex(of: name) ?? 0)"
          var record = GraphRecord(
            inputs: body.inputs.map(InputRecord.init), outputs: body.outputs.map(\.name),
            weights: body.initializers.map(\.name))
          let names = record.weights.indices.map { "\(path).weight.\($0)" }
          if !names.isEmpty { record.tensors = names }
          if !body.unread.isEmpty { record.unread = body.unread }
          for (tensor, name) in zip(body.initializers, names) { tensors.append(try tensor.named(name)) }
          record.nodes = try Self.records(of: body.nodes, path, &tensors)
          attributes[name] = AttributeRecord(graph: record)
        default: attributes[name] = AttributeRecord(attribute)
        }
      }
      records.append(NodeRecord(node, attributes))
    }
    return records
  }

  /// What the graph's weights are called in a file of ours.
  var keptNames: [String] {
    graph.initializers.enumerated().map { Self.isReserved($1.name) ? "gradcam.weight.\($0)" : $1.name }
  }

  /// Whether a tensor of that name would mean something else in a file of ours, or in any safetensors file.
  private static func isReserved(_ name: String) -> Bool { name.hasPrefix("gradcam.") || name == "__metadata__" }

  /// Reads what `graphJSON` wrote.
  ///
  /// - Parameter tensors: of the file that holds the graph: its weights and its attributes' tensors.
  /// - Throws: `InputError` without a subject: no JSON, a tensor that is missing, or a graph that cannot run.
  package init(json: String, tensors: [TensorRecord]) throws(InputError) {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let record: GraphRecord
    do {
      record = try decoder.decode(GraphRecord.self, from: Data(json.utf8))
    } catch {
      throw InputError("", "has a wrong gradcam.graph", remedy: "'gradcam convert' writes it rightly")
    }
    let byName = Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    func tensor(_ name: String) throws(InputError) -> TensorRecord {
      guard let tensor = byName[name] else { throw InputError("", "lacks the tensor \(name.printable) of its graph") }
      return tensor
    }
    let graph = try record.graph(tensor)
    self.init()
    producerName = "gradcam"
    explainedOutput = record.explained ?? record.outputs.first
    self.graph = try graph.validated(depth: 0)
  }
}

private struct GraphRecord: Codable {
  var nodes: [NodeRecord] = []
  var inputs: [InputRecord]
  var outputs: [String]
  var weights: [String]
  /// What the weights are called in the file; nil where that is what the graph calls them.
  var tensors: [String]?
  /// What tensors are that are not read; nil for none.
  var unread: [String: String]?
  /// The output that is explained; nil for the first.
  var explained: String?

  /// - Parameter tensor: finds one of the file's.
  func graph(_ tensor: (String) throws(InputError) -> TensorRecord) throws(InputError) -> ONNXGraph {
    var graph = ONNXGraph()
    let kept = tensors ?? weights
    guard kept.count == weights.count else { throw InputError("", "has other tensors than its graph has weights") }
    for (name, kept) in zip(weights, kept) { graph.initializers.append(try tensor(kept).named(name)) }
    graph.unread = unread ?? [:]
    graph.inputs = inputs.map(\.info)
    graph.outputs = outputs.map { ONNXValueInfo(name: $0, elementType: nil, dimensions: nil) }
    for node in nodes { graph.nodes.append(try node.node(tensor)) }
    return graph
  }

  static var infinities: JSONEncoder.NonConformingFloatEncodingStrategy {
    .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  }
}

private struct InputRecord: Codable {
  var name: String
  var type: String?
  /// nil for sizes that the file leaves open.
  var dimensions: [Int?]?

  init(_ info: ONNXValueInfo) {
    (name, type) = (info.name, info.elementType?.rawValue)
    dimensions = info.dimensions?.map { dimension in
      if case .fixed(let size) = dimension { return size }
      return nil
    }
  }

  var info: ONNXValueInfo {
    let sizes = dimensions?.map { $0.map(ONNXDimension.fixed) ?? .unknown }
    return ONNXValueInfo(name: name, elementType: type.flatMap(ElementType.init), dimensions: sizes)
  }
}

private struct NodeRecord: Codable {
  var name: String
  var domain: String
  var op: String
  var opset: Int
  var inputs: [String]
  var outputs: [String]
  var attributes: [String: AttributeRecord]
  /// Where the node stands among modules, as the exporter said it.
  var metadata: [String: String]

  init(_ node: ONNXNode, _ attributes: [String: AttributeRecord]) {
    (name, domain, op, opset) = (node.name, node.domain, node.opType, node.opset)
    (inputs, outputs, metadata) = (node.inputs, node.outputs, node.metadata)
    self.attributes = attributes
  }

  func node(_ tensor: (String) throws(InputError) -> TensorRecord) throws(InputError) -> ONNXNode {
    var node = ONNXNode()
    (node.name, node.domain, node.opType, node.opset) = (name, domain, op, opset)
    (node.inputs, node.outputs, node.metadata) = (inputs, outputs, metadata)
    for (name, record) in attributes { node.attributes[name] = try record.attribute(tensor) }
    return node
  }
}

/// One of its fields is set.
private struct AttributeRecord: Codable {
  var int: Int?
  var float: Float?
  var string: String?
  var ints: [Int]?
  var floats: [Float]?
  var strings: [String]?
  var tensor: String?
  var graph: GraphRecord?
  /// What the attribute is where it is not read.
  var other: String?

  init(tensor: String) { self.tensor = tensor }

  init(graph: GraphRecord) { self.graph = graph }

  init(_ attribute: ONNXAttribute) {
    switch attribute {
    case .int(let value): int = value
    case .float(let value): float = value
    case .string(let value): string = value
    case .ints(let values): ints = values
    case .floats(let values): floats = values
    case .strings(let values): strings = values
    case .other(let what): other = what
    case .tensor, .graph, .reference: other = "a reference"
    }
  }

  func attribute(_ find: (String) throws(InputError) -> TensorRecord) throws(InputError) -> ONNXAttribute {
    if let int { return .int(int) }
    if let float { return .float(float) }
    if let string { return .string(string) }
    if let ints { return .ints(ints) }
    if let floats { return .floats(floats) }
    if let strings { return .strings(strings) }
    if let tensor { return .tensor(try find(tensor)) }
    if let graph { return .graph(try graph.graph(find)) }
    return .other(other ?? "nothing")
  }
}
