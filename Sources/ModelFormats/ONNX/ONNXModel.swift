/// An ONNX file as plain records: the graph with its functions inlined, its nodes in an order in which they can run.
///
/// Read by hand from the mapped file; the weights stay where they are. See <https://onnx.ai/onnx/repo-docs/IR.html>.
package struct ONNXModel: Sendable {
  var irVersion = 0
  var producerName = ""
  var producerVersion = ""
  /// The version of each domain's operators; the default domain is the empty string, however the file spells it.
  var opsets: [String: Int] = [:]
  package internal(set) var graph = ONNXGraph()
  /// The model-local functions as the file has them; `graph` holds no call of one any more.
  var functions: [ONNXFunction] = []
  /// The output that a file of ours was written to explain; nil where nothing says it.
  package var explainedOutput: String?
  /// What the exporter says beside the graph.
  package internal(set) var metadata: [String: String] = [:]
  /// Files beside the model that hold some of its tensors.
  package internal(set) var dataFiles: [FileBytes] = []
  /// The JSON that stands beside the binary form that the graph was read from: it keeps what the binary form leaves out.
  var source: (json: String, tensors: [TensorRecord])?

  /// The most nodes of a graph; its functions' stand in place of their calls.
  package static var nodeLimit: Int { ONNXReader.nodeLimit }

  init() {}

  /// Reads `file` and checks every claim it makes.
  ///
  /// - Parameter folder: where files of external data are looked for; nil where the model is in no folder.
  /// - Throws: `InputError` without a subject that names the node and the tensor at fault.
  package init(_ file: FileBytes, folder: FilePath?) throws(InputError) {
    var reader = ONNXReader(folder: folder)
    self = try reader.model(file.region)
    graph = try graph.inlining(functions).validated(depth: 0)
  }

  /// Whether `bytes` begin like an ONNX file, be it whole or cut short.
  ///
  /// Protobuf has no signature: the first field must be one of a model's, of its type, with a value that it may have.
  package static func looksLikeIt(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= 2 else { return false }
    switch bytes[0] {
    case 0x08:
      // The version of the format (10 to 13 in 2025), then the tag of any other field: strings, messages, a number.
      guard (1...64).contains(bytes[1]) else { return false }
      guard bytes.count > 2 else { return true }
      // A producer's name is text; TensorFlow's and Core ML's models begin alike, with a message in its place.
      let rest = bytes.dropFirst(3).drop { $0 >= 0x80 }.dropFirst()
      if bytes[2] == 0x12, bytes.count > 4, bytes[3] > 0, let first = rest.first, first < 0x20 { return false }
      return [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42, 0x72].contains(bytes[2])
    case 0x3a:
      // A graph before all else: behind its length, a node, its name, a tensor or an input.
      let rest = bytes.dropFirst().drop { $0 >= 0x80 }.dropFirst()
      return bytes.count - rest.count <= 11 && rest.first.map { [0x0a, 0x12, 0x2a, 0x5a].contains($0) } ?? true
    default: return false
    }
  }
}

/// Values that flow between nodes by their names.
package struct ONNXGraph: Sendable {
  package var name = ""
  /// Each after the nodes whose values it takes.
  package var nodes: [ONNXNode] = []
  /// The weights in the file's order.
  package var initializers: [TensorRecord] = []
  /// Tensors that are there and cannot be read, by name, and what each is: `of the type string`. A graph that does not need them runs.
  package var unread: [String: String] = [:]
  /// What the caller provides: no initialiser is among them, though older files list those too.
  package var inputs: [ONNXValueInfo] = []
  package var outputs: [ONNXValueInfo] = []
  /// What the file says of values inside the graph.
  var valueInfos: [ONNXValueInfo] = []
}

/// A call of an operator.
package struct ONNXNode: Sendable {
  package var name = ""
  /// The empty string for ONNX's own operators.
  package var domain = ""
  package var opType = ""
  var overload = ""
  /// The version of the domain's operators that the node is written for: its function's where it comes from one.
  package var opset = 1
  /// Names of values; the empty string where an optional input is absent.
  package var inputs: [String] = []
  package var outputs: [String] = []
  package var attributes: [String: ONNXAttribute] = [:]
  /// What the graphs in its attributes take from around them: values of the graph that the node is in, or of one around that.
  package internal(set) var captures: [String] = []
  var metadata: [String: String] = [:]
  /// Where the node stands among modules, as a graph's binary form keeps it; nil where that is still to be found.
  var place: ONNXNodePlace?

  /// The node in an error line: its name, or where it has none what it makes, and its operator.
  package var label: String {
    let kind = opType.brief()
    if !name.isEmpty { return "node \(name.brief(96)) (\(kind))" }
    guard let output = outputs.first(where: { !$0.isEmpty }) else { return "a node (\(kind))" }
    return "the node that makes \(output.brief(96)) (\(kind))"
  }
}

/// What a node's attribute holds.
package enum ONNXAttribute: Sendable {
  case int(Int)
  case float(Float)
  case string(String)
  case tensor(TensorRecord)
  case ints([Int])
  case floats([Float])
  case strings([String])
  /// A branch or a loop's body.
  case graph(ONNXGraph)
  /// Something else that is not read, such as "a sparse tensor".
  case other(String)
  /// The value that the caller of the function gives to its attribute of that name; inlining leaves none.
  case reference(String)
}

/// What a file says of a value.
package struct ONNXValueInfo: Sendable {
  package let name: String
  /// nil where the value is no tensor, or one of a type that is not read.
  package let elementType: ElementType?
  /// Whether the file says that it is no tensor of numbers: strings, a sequence, a map.
  package var isForeign = false
  /// nil where the file does not say even their number.
  package let dimensions: [ONNXDimension]?
}

/// A size along an axis.
package enum ONNXDimension: Sendable, Hashable {
  case fixed(Int)
  /// One of the caller's choice, the same wherever the name stands.
  case symbolic(String)
  case unknown
}

/// A function that the file defines beside its graph.
struct ONNXFunction: Sendable {
  var domain = ""
  var name = ""
  var overload = ""
  var inputs: [String] = []
  var outputs: [String] = []
  var nodes: [ONNXNode] = []
  /// Attributes without a default.
  var attributes: [String] = []
  /// Attributes with their defaults.
  var attributeProtos: [String: ONNXAttribute] = [:]
  var opsets: [String: Int] = [:]
}
