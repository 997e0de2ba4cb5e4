/// Something that a pickle holds.
///
/// Containers and objects are nodes of the `Pickle`, named by their index, so that however deep a file nests them, and
/// whatever circles they form, nothing recurses or leaks.
enum PickleValue: Sendable {
  case none
  case bool(Bool)
  case int(Int)
  /// An integer beyond 64 bits: its two's complement, lowest byte first.
  case bigInteger([UInt8])
  case float(Double)
  case string(String)
  case bytes([UInt8])
  /// A class or function, by its module's and its own name with a dot between: a name and nothing more.
  case global(String)
  case node(Int)
}

/// A container, or what a pickle asks to have built.
struct PickleNode: Sendable {
  enum Kind: Sendable, Hashable {
    case tuple, list, set, dictionary, object
    /// Something kept outside the pickle (a tensor's storage), of which `arguments` is the name.
    case persistent
  }

  var kind: Kind
  /// The class or function that would make this out of `arguments`; nil for the plain containers.
  var maker: String?
  var arguments = PickleValue.none
  /// The elements; a dictionary's keys and values in turn.
  var items: [PickleValue] = []
  /// What the pickle would set on the object once it is made.
  var state = PickleValue.none
}

/// A pickle's contents, with nothing in them run or built.
struct Pickle: Sendable {
  let root: PickleValue
  let nodes: [PickleNode]

  /// Reads one pickle; `reader` stands behind it afterwards.
  ///
  /// - Throws: `InputError` without a subject: a damaged pickle.
  init(_ reader: inout ByteReader) throws(InputError) {
    var machine = PickleMachine(reader)
    root = try machine.run()
    nodes = machine.nodes
    reader = machine.reader
  }

  /// The node that `value` names.
  func node(_ value: PickleValue) -> PickleNode? {
    guard case .node(let index) = value else { return nil }
    return nodes[index]
  }

  /// The elements of a tuple or list of Python's own.
  func elements(_ value: PickleValue) -> [PickleValue]? {
    guard let node = node(value) else { return nil }
    // torch.Size is a tuple that was given another name.
    if node.maker == "torch.Size", let inner = self.node(node.arguments)?.items.first {
      return self.node(inner)?.items
    }
    return node.maker == nil && (node.kind == .tuple || node.kind == .list) ? node.items : nil
  }

  /// The texts in a set.
  func texts(_ value: PickleValue) -> [String] {
    guard let node = node(value), node.kind == .set else { return [] }
    // Older protocols make a set of a list that they hand to its class.
    let handed = elements(node.arguments)?.first.flatMap(elements)
    return (handed ?? node.items).compactMap { item in
      if case .string(let text) = item { text } else { nil }
    }
  }

  /// The entries of a dictionary whose keys are strings, in order.
  func entries(_ value: PickleValue) -> [(key: String, value: PickleValue)]? {
    guard let node = node(value), node.kind == .dictionary else { return nil }
    var entries: [(key: String, value: PickleValue)] = []
    for index in stride(from: 0, to: node.items.count, by: 2) {
      guard case .string(let key) = node.items[index] else { continue }
      entries.append((key, node.items[index + 1]))
    }
    return entries
  }
}
