// A graph in binary form, which a file of ours has beside the JSON: what a start needs of it, read straight from the mapped file.
//
// A table of strings (a count; each a length and UTF-8), then the graph, whose strings are numbers of the table. Counts and numbers are 32
// bits, little endian. Beside what the JSON says it has each node's place among modules, which takes longest to find.

extension ONNXModel {
  /// The binary form of a graph, for a file that holds the tensors that `graphJSON` names.
  ///
  /// - Throws: `InputError` without a subject where the graph cannot be written as JSON.
  package func graphBinary() throws(InputError) -> [UInt8] {
    var writer = ONNXGraphWriter()
    let model = try complete()
    writer.put(optional: model.explainedOutput)
    writer.put(model.graph, "gradcam.attribute", weights: model.keptNames)
    return writer.bytes
  }

  /// Reads what `graphBinary` wrote.
  ///
  /// - Parameters:
  ///   - json: the same graph as JSON.
  ///   - tensors: of the file that holds the graph: its weights and its attributes' tensors.
  /// - Throws: `InputError` without a subject for what `graphBinary` did not write, and for a graph that cannot run.
  package init(binary: ByteRegion, json: String, tensors: [TensorRecord]) throws(InputError) {
    var reader = try ONNXGraphReader(binary, tensors)
    self.init()
    producerName = "gradcam"
    explainedOutput = try reader.optionalText()
    let graph = try reader.graph(depth: 0)
    try reader.end()
    explainedOutput = explainedOutput ?? graph.outputs.first?.name
    self.graph = try graph.validated(depth: 0)
    source = (json, tensors)
  }

  /// The model with all that its JSON says.
  func complete() throws(InputError) -> ONNXModel {
    guard let source else { return self }
    var model = try ONNXModel(json: source.json, tensors: source.tensors)
    model.explainedOutput = explainedOutput
    return model
  }
}

/// The kinds of attributes, as the binary form numbers them.
private enum AttributeKind: UInt32 {
  case int, float, string, ints, floats, strings, tensor, graph, other
}

private struct ONNXGraphWriter {
  private var body: [UInt8] = []
  private var table: [UInt8] = []
  private var numbers: [String: UInt32] = [:]

  var bytes: [UInt8] { Self.bytes(UInt32(numbers.count)) + table + body }

  private static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian, Array.init)
  }

  mutating func put(_ number: UInt32) { body += Self.bytes(number) }
  mutating func put(wide number: Int) { body += Self.bytes(Int64(number)) }

  mutating func put(_ text: String) {
    if numbers[text] == nil {
      numbers[text] = UInt32(numbers.count)
      table += Self.bytes(UInt32(text.utf8.count)) + Array(text.utf8)
    }
    put(numbers[text] ?? 0)
  }

  mutating func put(optional text: String?) {
    guard let text else { return put(UInt32.max) }
    put(text)
  }

  mutating func put<Element>(all elements: [Element], _ write: (inout Self, Element) -> Void) {
    put(UInt32(elements.count))
    for element in elements { write(&self, element) }
  }

  /// - Parameters:
  ///   - path: what the names of attributes' tensors begin with, as `graphJSON` gives them.
  ///   - weights: what the weights are called in the file.
  mutating func put(_ graph: ONNXGraph, _ path: String, weights: [String]) {
    put(all: Array(zip(graph.initializers.map(\.name), weights))) { writer, names in
      writer.put(names.0)
      writer.put(names.1)
    }
    put(all: graph.unread.sorted { $0.key < $1.key }) { writer, entry in
      writer.put(entry.key)
      writer.put(entry.value)
    }
    put(all: graph.inputs) { $0.put($1) }
    put(all: graph.outputs.map(\.name)) { $0.put($1) }
    let places = graph.modulePaths()
    put(all: Array(graph.nodes.enumerated())) { $0.put($1.element, "\(path).\($1.offset)", places[$1.offset]) }
  }

  private mutating func put(_ info: ONNXValueInfo) {
    put(info.name)
    put(optional: info.elementType?.rawValue)
    guard let dimensions = info.dimensions else { return put(UInt32.max) }
    put(all: dimensions) { writer, dimension in
      if case .fixed(let size) = dimension { writer.put(wide: size) } else { writer.put(wide: -1) }
    }
  }

  private mutating func put(_ node: ONNXNode, _ path: String, _ place: ONNXModulePath?) {
    for text in [node.name, node.domain, node.opType] { put(text) }
    put(wide: node.opset)
    put(all: node.inputs) { $0.put($1) }
    put(all: node.outputs) { $0.put($1) }
    let attributes = node.attributes.sorted { $0.key < $1.key }
    put(all: Array(attributes.enumerated())) { writer, attribute in
      writer.put(attribute.element.key)
      writer.put(attribute.element.value, attribute.element.key, path, attribute.offset)
    }
    put(all: node.metadata.sorted { $0.key < $1.key }) { writer, entry in
      writer.put(entry.key)
      writer.put(entry.value)
    }
    guard let place else { return put(UInt32.max) }
    put(all: place.scopes) { writer, scope in
      writer.put(scope.path)
      writer.put(optional: scope.className)
      writer.put(wide: scope.call)
    }
    put(place.operation)
    put(optional: place.vanished)
  }

  private mutating func put(_ attribute: ONNXAttribute, _ name: String, _ path: String, _ index: Int) {
    func kind(_ kind: AttributeKind) -> UInt32 { kind.rawValue }
    switch attribute {
    case .int(let value):
      put(kind(.int))
      put(wide: value)
    case .float(let value):
      put(kind(.float))
      put(value.bitPattern)
    case .string(let value):
      put(kind(.string))
      put(value)
    case .ints(let values):
      put(kind(.ints))
      put(all: values) { $0.put(wide: $1) }
    case .floats(let values):
      put(kind(.floats))
      put(all: values) { $0.put($1.bitPattern) }
    case .strings(let values):
      put(kind(.strings))
      put(all: values) { $0.put($1) }
    case .tensor:
      put(kind(.tensor))
      put("\(path).\(name)")
    case .graph(let body):
      put(kind(.graph))
      let path = "\(path).\(index)"
      put(body, path, weights: body.initializers.indices.map { "\(path).weight.\($0)" })
    case .other(let what):
      put(kind(.other))
      put(what)
    case .reference:
      put(kind(.other))
      put("a reference")
    }
  }
}

private struct ONNXGraphReader {
  private var reader: ByteReader
  private var texts: [String] = []
  private let tensors: [String: TensorRecord]

  init(_ region: ByteRegion, _ tensors: [TensorRecord]) throws(InputError) {
    reader = ByteReader(region)
    self.tensors = Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let count = try self.count(of: 4)
    texts.reserveCapacity(count)
    for _ in 0..<count {
      let bytes = try reader.take(try reader.readCount(UInt32.self)).bytes
      guard let text = String(validating: bytes, as: UTF8.self) else { throw Self.damage }
      texts.append(text)
    }
  }

  private static let damage = InputError(
    "", "is damaged: its graph has a binary form that makes no sense", remedy: "'gradcam convert' writes it rightly")

  /// - Throws: `InputError` where more follows.
  func end() throws(InputError) { if reader.remaining > 0 { throw Self.damage } }

  /// How many parts follow, each of at least so many bytes.
  private mutating func count(of bytes: Int) throws(InputError) -> Int {
    let count = try reader.readCount(UInt32.self)
    guard count <= reader.remaining / bytes else { throw Self.damage }
    return count
  }

  private mutating func list<Element>(
    of bytes: Int, _ read: (inout Self) throws(InputError) -> Element
  ) throws(InputError) -> [Element] {
    let count = try count(of: bytes)
    var elements: [Element] = []
    elements.reserveCapacity(count)
    for _ in 0..<count { elements.append(try read(&self)) }
    return elements
  }

  private mutating func text() throws(InputError) -> String {
    guard let text = try optionalText() else { throw Self.damage }
    return text
  }

  mutating func optionalText() throws(InputError) -> String? {
    let number = try reader.read(UInt32.self)
    if number == .max { return nil }
    guard Int(number) < texts.count else { throw Self.damage }
    return texts[Int(number)]
  }

  private mutating func integer() throws(InputError) -> Int { Int(try reader.read(Int64.self)) }

  private mutating func tensor() throws(InputError) -> TensorRecord {
    let name = try text()
    guard let tensor = tensors[name] else { throw InputError("", "lacks the tensor \(name.printable) of its graph") }
    return tensor
  }

  mutating func graph(depth: Int) throws(InputError) -> ONNXGraph {
    guard depth <= ONNXReader.depthLimit else { throw .tooDeep }
    var graph = ONNXGraph()
    graph.initializers = try list(of: 8) { (reader) throws(InputError) in
      let name = try reader.text()
      return try reader.tensor().named(name)
    }
    let unread = try list(of: 8) { (reader) throws(InputError) in (try reader.text(), try reader.text()) }
    graph.unread = Dictionary(unread, uniquingKeysWith: { first, _ in first })
    graph.inputs = try list(of: 12) { (reader) throws(InputError) in try reader.info() }
    graph.outputs = try list(of: 4) { (reader) throws(InputError) in
      ONNXValueInfo(name: try reader.text(), elementType: nil, dimensions: nil)
    }
    graph.nodes = try list(of: 40) { (reader) throws(InputError) in try reader.node(depth: depth) }
    return graph
  }

  private mutating func info() throws(InputError) -> ONNXValueInfo {
    let (name, type) = (try text(), try optionalText())
    var dimensions: [ONNXDimension]?
    let start = reader.position
    if try reader.read(UInt32.self) != .max {
      try reader.seek(to: start)
      dimensions = try list(of: 8) { (reader) throws(InputError) in
        let size = try reader.integer()
        return size < 0 ? .unknown : .fixed(size)
      }
    }
    return ONNXValueInfo(name: name, elementType: type.flatMap(ElementType.init), dimensions: dimensions)
  }

  private mutating func node(depth: Int) throws(InputError) -> ONNXNode {
    var node = ONNXNode()
    (node.name, node.domain, node.opType) = (try text(), try text(), try text())
    node.opset = try integer()
    node.inputs = try list(of: 4) { (reader) throws(InputError) in try reader.text() }
    node.outputs = try list(of: 4) { (reader) throws(InputError) in try reader.text() }
    for _ in 0..<(try count(of: 12)) {
      let name = try text()
      node.attributes[name] = try attribute(depth: depth)
    }
    let metadata = try list(of: 8) { (reader) throws(InputError) in (try reader.text(), try reader.text()) }
    node.metadata = Dictionary(metadata, uniquingKeysWith: { first, _ in first })
    node.place = ONNXNodePlace(path: try modulePath())
    return node
  }

  private mutating func modulePath() throws(InputError) -> ONNXModulePath? {
    let start = reader.position
    if try reader.read(UInt32.self) == .max { return nil }
    try reader.seek(to: start)
    let scopes = try list(of: 16) { (reader) throws(InputError) in
      ONNXModuleScope(path: try reader.text(), className: try reader.optionalText(), call: try reader.integer())
    }
    return ONNXModulePath(scopes: scopes, operation: try text(), vanished: try optionalText())
  }

  private mutating func attribute(depth: Int) throws(InputError) -> ONNXAttribute {
    switch AttributeKind(rawValue: try reader.read(UInt32.self)) {
    case .int: return .int(try integer())
    case .float: return .float(Float(bitPattern: try reader.read(UInt32.self)))
    case .string: return .string(try text())
    case .ints: return .ints(try list(of: 8) { (reader) throws(InputError) in try reader.integer() })
    case .floats:
      return .floats(
        try list(of: 4) { (reader) throws(InputError) in Float(bitPattern: try reader.reader.read(UInt32.self)) })
    case .strings: return .strings(try list(of: 4) { (reader) throws(InputError) in try reader.text() })
    case .tensor: return .tensor(try tensor())
    case .graph: return .graph(try graph(depth: depth + 1))
    case .other: return .other(try text())
    case nil: throw Self.damage
    }
  }
}
