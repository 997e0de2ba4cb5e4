/// An ONNX file as plain records: the graph with its functions inlined, its nodes in an order in which they can run.
///
/// Read by hand from the mapped file; the weights stay where they are. See <https://onnx.ai/onnx/repo-docs/IR.html>.
public struct ONNXModel: Sendable {
  public let irVersion: Int
  public let producerName: String
  public let producerVersion: String
  /// The version of each domain's operators; the default domain is the empty string, however the file spells it.
  public let opsets: [String: Int]
  public let graph: ONNXGraph
  /// The model-local functions as the file has them; `graph` holds no call of one any more.
  public let functions: [ONNXFunction]
  public let metadata: [String: String]

  /// Reads `file` and checks every claim it makes.
  ///
  /// - Parameter folder: where files of external data are looked for; nil where the model is in no folder.
  /// - Throws: `InputError` without a subject that names the node and the tensor at fault.
  public init(_ file: FileBytes, folder: FilePath?) throws(InputError) {
    var reader = ONNXReader(folder: folder)
    let contents = try reader.model(file.region)
    guard let graph = contents.graph else {
      throw InputError("", "is cut short or damaged: it is an ONNX file without a graph")
    }
    irVersion = contents.irVersion
    producerName = contents.producerName
    producerVersion = contents.producerVersion
    opsets = contents.opsets
    functions = contents.functions
    metadata = contents.metadata
    self.graph = try graph.inlining(functions).validated()
  }

  /// Whether `bytes` begin like an ONNX file, be it whole or cut short.
  ///
  /// Protobuf has no signature: the first field must be one of a model's, of its type, with a value that it may have.
  public static func looksLikeIt(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= 2 else { return false }
    switch bytes[0] {
    case 0x08:
      // The version of the format (10 to 13 in 2025), then the tag of any other field: strings, messages, a number.
      guard (1...64).contains(bytes[1]) else { return false }
      return bytes.count == 2 || [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42, 0x72].contains(bytes[2])
    case 0x3a:
      // A graph before all else: behind its length, a node, its name, a tensor or an input.
      let rest = bytes.dropFirst().drop { $0 >= 0x80 }.dropFirst()
      return bytes.count - rest.count <= 11 && rest.first.map { [0x0a, 0x12, 0x2a, 0x5a].contains($0) } ?? true
    default: return false
    }
  }
}

/// Values that flow between nodes by their names.
public struct ONNXGraph: Sendable {
  public var name = ""
  /// Each after the nodes whose values it takes.
  public var nodes: [ONNXNode] = []
  /// The weights in the file's order.
  public var initializers: [TensorRecord] = []
  /// What the caller provides: no initialiser is among them, though older files list those too.
  public var inputs: [ONNXValueInfo] = []
  public var outputs: [ONNXValueInfo] = []
  /// What the file says of values inside the graph.
  public var valueInfos: [ONNXValueInfo] = []
}

/// A call of an operator.
public struct ONNXNode: Sendable {
  public var name = ""
  /// The empty string for ONNX's own operators.
  public var domain = ""
  public var opType = ""
  public var overload = ""
  /// The version of the domain's operators that the node is written for: its function's where it comes from one.
  public var opset = 1
  /// Names of values; the empty string where an optional input is absent.
  public var inputs: [String] = []
  public var outputs: [String] = []
  public var attributes: [String: ONNXAttribute] = [:]
  public var metadata: [String: String] = [:]

  /// The node in an error line: its name, or where it has none what it makes, and its operator.
  public var label: String {
    if !name.isEmpty { return "node \(name.printable) (\(opType.printable))" }
    guard let output = outputs.first(where: { !$0.isEmpty }) else { return "a node (\(opType.printable))" }
    return "the node that makes \(output.printable) (\(opType.printable))"
  }
}

/// What a node's attribute holds.
public enum ONNXAttribute: Sendable {
  case int(Int)
  case float(Float)
  case string(String)
  case tensor(TensorRecord)
  case ints([Int])
  case floats([Float])
  case strings([String])
  /// A branch or a loop's body, which is not read.
  case graph
  /// Something else that is not read, such as "a sparse tensor".
  case other(String)
  /// The value that the caller of the function gives to its attribute of that name; inlining leaves none.
  case reference(String)
}

/// What a file says of a value.
public struct ONNXValueInfo: Sendable {
  public let name: String
  /// nil where the value is no tensor, or one of a type that is not read.
  public let elementType: ElementType?
  /// nil where the file does not say even their number.
  public let dimensions: [ONNXDimension]?
}

/// A size along an axis.
public enum ONNXDimension: Sendable, Hashable {
  case fixed(Int)
  /// One of the caller's choice, the same wherever the name stands.
  case symbolic(String)
  case unknown
}

/// A function that the file defines beside its graph.
public struct ONNXFunction: Sendable {
  public var domain = ""
  public var name = ""
  public var overload = ""
  public var inputs: [String] = []
  public var outputs: [String] = []
  public var nodes: [ONNXNode] = []
  /// Attributes without a default.
  public var attributes: [String] = []
  /// Attributes with their defaults.
  public var attributeProtos: [String: ONNXAttribute] = [:]
  public var opsets: [String: Int] = [:]
}
