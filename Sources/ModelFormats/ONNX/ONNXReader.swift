/// Turns the messages of an ONNX file into records. The numbers of the fields are those of `onnx.proto`.
struct ONNXReader {
  /// The most nodes of a graph, with its functions in place of their calls; networks in use have thousands.
  static let nodeLimit = 100_000
  /// The most inputs and outputs of all nodes.
  static let connectionLimit = 1 << 20
  /// How deep graphs may nest in nodes' attributes: loops in branches in loops.
  static let depthLimit = 16
  /// The most weights and functions.
  static let countLimit = 1 << 17

  private var tensors: ONNXTensorReader
  /// Inputs and outputs of nodes so far.
  private var connectionCount = 0
  /// Nodes so far, those of graphs in attributes counted.
  private var nodeCount = 0
  /// How many graphs are around what is read.
  private var depth = 0
  /// Whether the error that is thrown names a node already: the innermost, and none of those around it.
  private var isErrorNamed = false

  init(folder: FilePath?) { tensors = ONNXTensorReader(folder: folder) }

  /// The model, its graph as the file has it.
  mutating func model(_ region: ByteRegion) throws(InputError) -> ONNXModel {
    var model = ONNXModel()
    var graph: ByteRegion?
    var functions: [ByteRegion] = []
    var fields = ProtobufReader(region, message: "model")
    while let field = try fields.next() {
      switch field.number {
      case 1: model.irVersion = try field.int()
      case 2: model.producerName = try field.string()
      case 3: model.producerVersion = try field.string()
      case 7:
        guard graph == nil else { throw InputError("", "is damaged: it has two graphs") }
        graph = try field.bytes()
      case 8: try opset(field, into: &model.opsets)
      case 14: try entry(field, into: &model.metadata)
      case 25: functions.append(try field.bytes())
      default: break
      }
    }
    guard (1...64).contains(model.irVersion) else {
      throw InputError("", "is damaged: it gives \(model.irVersion) as its version of ONNX's format")
    }
    guard functions.count <= Self.countLimit else { throw InputError("", "has \(functions.count) functions") }
    // The versions of operators stand behind the graph in most files, and its nodes need them.
    if let graph { model.graph = try self.graph(graph, opsets: model.opsets) }
    for function in functions { model.functions.append(try self.function(function)) }
    guard graph != nil else { throw InputError("", "is cut short or damaged: it is an ONNX file without a graph") }
    model.dataFiles = tensors.dataFiles
    return model
  }

  private mutating func graph(_ region: ByteRegion, opsets: [String: Int]) throws(InputError) -> ONNXGraph {
    var graph = ONNXGraph()
    var fields = ProtobufReader(region, message: "graph")
    while let field = try fields.next() {
      switch field.number {
      case 1: graph.nodes.append(try node(field.bytes(), opsets: opsets))
      case 2: graph.name = try field.string()
      case 5:
        switch try tensors.tensor(field.bytes(), unnamed: "of no name") {
        case .record(let record): graph.initializers.append(record)
        case .unread(let name, let what): graph.unread[name] = what
        }
      case 11: graph.inputs.append(try valueInfo(field))
      case 12: graph.outputs.append(try valueInfo(field))
      case 13: graph.valueInfos.append(try valueInfo(field))
      case 15: graph.unread[try sparseName(field)] = "sparse"
      default: break
      }
      guard graph.initializers.count + graph.unread.count <= Self.countLimit else {
        throw InputError("", "has more than \(Self.countLimit) weights")
      }
    }
    return graph
  }

  private mutating func node(_ region: ByteRegion, opsets: [String: Int]) throws(InputError) -> ONNXNode {
    nodeCount += 1
    guard nodeCount <= Self.nodeLimit else { throw .tooManyNodes("") }
    var node = ONNXNode()
    var attributes: [ByteRegion] = []
    var fields = ProtobufReader(region, message: "node")
    while let field = try fields.next() {
      switch field.number {
      case 1: node.inputs.append(try connection(field))
      case 2: node.outputs.append(try connection(field))
      case 3: node.name = try field.string()
      case 4: node.opType = try field.string()
      case 5: attributes.append(try field.bytes())
      case 7: node.domain = Self.domain(try field.string())
      case 8: node.overload = try field.string()
      case 9: try entry(field, into: &node.metadata)
      default: break
      }
    }
    guard !node.opType.isEmpty else { throw InputError("", "is damaged: \(node.label) names no operator") }
    node.opset = opsets[node.domain] ?? 1
    // Only now is the name known that an attribute's error has to give.
    for region in attributes {
      do throws(InputError) {
        let (name, value) = try attribute(region, opsets: opsets)
        guard node.attributes.updateValue(value, forKey: name) == nil else {
          throw InputError("", "attribute \(name.printable) is there twice")
        }
      } catch {
        guard !isErrorNamed else { throw error }
        isErrorNamed = true
        throw error.at(node)
      }
    }
    return node
  }

  /// A node's attribute and its name, with the graph where it is one.
  private mutating func attribute(
    _ region: ByteRegion, opsets: [String: Int]
  ) throws(InputError) -> (name: String, value: ONNXAttribute) {
    let (name, value, body) = try tensors.attribute(region)
    guard let body else { return (name, value) }
    guard depth < Self.depthLimit else { throw .tooDeep }
    depth += 1
    defer { depth -= 1 }
    return (name, .graph(try graph(body, opsets: opsets)))
  }

  /// The name of a node's input or output.
  private mutating func connection(_ field: ProtobufField) throws(InputError) -> String {
    connectionCount += 1
    guard connectionCount <= Self.connectionLimit else { throw .tooManyConnections }
    return try field.string()
  }

  private mutating func function(_ region: ByteRegion) throws(InputError) -> ONNXFunction {
    var function = ONNXFunction()
    var nodes: [ByteRegion] = []
    var fields = ProtobufReader(region, message: "function")
    while let field = try fields.next() {
      switch field.number {
      case 1: function.name = try field.string()
      case 4: function.inputs.append(try field.string())
      case 5: function.outputs.append(try field.string())
      case 6: function.attributes.append(try field.string())
      case 7: nodes.append(try field.bytes())
      case 9: try opset(field, into: &function.opsets)
      case 10: function.domain = Self.domain(try field.string())
      case 11:
        let (name, value) = try attribute(field.bytes(), opsets: function.opsets)
        function.attributeProtos[name] = value
      case 13: function.overload = try field.string()
      default: break
      }
    }
    guard nodes.count <= Self.nodeLimit else { throw .tooManyNodes(" in its function \(function.name.printable)") }
    // What a file defines and does not call is no part of its graph.
    nodeCount = 0
    for node in nodes { function.nodes.append(try self.node(node, opsets: function.opsets)) }
    return function
  }

  private func sparseName(_ field: ProtobufField) throws(InputError) -> String {
    var name = ""
    var fields = try field.message("sparse tensor")
    while let field = try fields.next() {
      guard field.number == 1 else { continue }
      var values = try field.message("tensor")
      while let value = try values.next() { if value.number == 8 { name = try value.string() } }
    }
    return name
  }

  private func opset(_ field: ProtobufField, into opsets: inout [String: Int]) throws(InputError) {
    var (domain, version) = ("", 1)
    var fields = try field.message("opset")
    while let field = try fields.next() {
      switch field.number {
      case 1: domain = Self.domain(try field.string())
      case 2: version = try field.int()
      default: break
      }
    }
    opsets[domain] = version
  }

  private func entry(_ field: ProtobufField, into table: inout [String: String]) throws(InputError) {
    var (key, value) = ("", "")
    var fields = try field.message("metadata")
    while let field = try fields.next() {
      switch field.number {
      case 1: key = try field.string()
      case 2: value = try field.string()
      default: break
      }
    }
    table[key] = value
  }

  /// ONNX's own domain has two names.
  private static func domain(_ name: String) -> String { name == "ai.onnx" ? "" : name }
}

extension InputError {
  /// The refusal of a graph that would take too long to explain.
  ///
  /// - Parameter place: where the nodes are, with a space before it; empty for the graph.
  static func tooManyNodes(_ place: Message) -> InputError {
    InputError("", "has more than \(ONNXReader.nodeLimit) nodes\(place)", remedy: "networks in use have thousands")
  }

  /// The refusal of nodes that take or make too much.
  static var tooManyConnections: InputError {
    InputError(
      "", "has more than \(ONNXReader.connectionLimit) inputs and outputs of nodes",
      remedy: "networks in use have thousands")
  }

  /// The refusal of graphs in graphs in graphs.
  static var tooDeep: InputError {
    InputError(
      "", "has graphs in nodes more than \(ONNXReader.depthLimit) levels deep", remedy: "networks in use have two")
  }

  /// The same error, saying at which node it is.
  func at(_ node: ONNXNode) -> InputError { InputError(subject, "\(node.label): \(problem)", remedy: remedy) }
}
