/// A module that a node was exported from.
package struct ONNXModuleScope: Sendable, Hashable {
  /// As PyTorch prints it, such as `layer1.0.conv1`; the empty string for the network itself.
  package var path: String
  /// Such as `torch.nn.modules.conv.Conv2d`, where the file says it.
  package var className: String?
  /// Which of the module's calls this is, from 0, where the file tells them apart.
  package var call = 0
}

/// Where a node stands among the modules of the program that it was exported from.
package struct ONNXModulePath: Sendable, Hashable {
  /// The modules around the node, the whole network first.
  package var scopes: [ONNXModuleScope]
  /// What the exporter calls the node inside its module, such as `Conv` or `conv2d_1`.
  package var operation: String
  /// The module that the node's weights are named after and whose own output the file lacks: what followed it was multiplied
  /// into the weights. Where that is the innermost module, the file gives it a value that is not its own.
  package var vanished: String?

  /// The path of the innermost module.
  package var path: String { scopes.last?.path ?? "" }
}

/// What is known of a node's place for good.
struct ONNXNodePlace: Sendable {
  /// nil for a node that nothing places.
  let path: ONNXModulePath?
}

extension ONNXGraph {
  /// The module path of each node, in the nodes' order; nil for a node that nothing in the file places.
  ///
  /// By the metadata of PyTorch's current exporter, the scoped names of its older one, or the name of the weight that
  /// the node takes. A file that has neither metadata nor scopes is read by the names of what its nodes make.
  package func modulePaths() -> [ONNXModulePath?] {
    if !nodes.isEmpty, nodes.allSatisfy({ $0.place != nil }) { return nodes.map { $0.place?.path } }
    var scoped = ScopedNames()
    let placed = nodes.map { $0.pathFromMetadata ?? scoped.path(of: $0) }
    let isPlaced = placed.contains { $0 != nil }
    let paths = zip(nodes, placed).map { node, path in path ?? node.pathFromWeight }
    let folding = ONNXFolding(self, paths)
    return zip(nodes, paths).map { node, path in
      guard var path else { return isPlaced ? nil : node.pathFromOutput }
      path.vanished = folding.vanished(node, at: path)
      return path
    }
  }
}

/// No program nests modules deeper; a longer name is not one of a module.
private let depthLimit = 32

extension ONNXNode {
  private static let scopesKey = "pkg.torch.onnx.name_scopes"
  private static let classesKey = "pkg.torch.onnx.class_hierarchy"
  private static let namespaceKey = "namespace"

  /// Whether the metadata place the node.
  var hasScopes: Bool { metadata[Self.scopesKey] != nil || metadata[Self.namespaceKey] != nil }

  /// From what PyTorch's current exporter writes: lists of paths and classes whose last entries are the operation.
  fileprivate var pathFromMetadata: ONNXModulePath? {
    var paths = pythonStrings(metadata[Self.scopesKey] ?? "")
    var classes = pythonStrings(metadata[Self.classesKey] ?? "")
    if paths.isEmpty, let namespace = metadata[Self.namespaceKey], namespace.utf8.count < 1 << 12 {
      // `: Net/layer1: Sequential/layer1.0: Block/relu: aten.relu.default`
      let parts = namespace.split(separator: "/").map {
        $0.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      }
      paths = parts.map { String($0[0]) }
      classes = parts.map { $0.count > 1 ? String($0[1].drop { $0 == " " }) : "" }
    }
    guard let operation = paths.popLast(), !paths.isEmpty, paths.count <= depthLimit else { return nil }
    let areNamed = classes.count == paths.count + 1
    let scopes = paths.enumerated().map { place, path in
      // A module's later calls are marked `@1`, `@2`, … on some versions' paths.
      let call = path.split(separator: "@").dropFirst().last.flatMap { Int($0) } ?? 0
      let plain = path.split(separator: ".").map { $0.prefix { $0 != "@" } }.joined(separator: ".")
      return ONNXModuleScope(path: plain, className: areNamed ? classes[place] : nil, call: call)
    }
    return ONNXModulePath(scopes: scopes, operation: operation)
  }

  /// What the weight that the node takes is called without `.weight`: PyTorch's name of the module that owns it.
  var weightOwner: String? {
    guard let weight = inputs.dropFirst().first(where: { $0.hasSuffix(".weight") && $0.utf8.count < 1 << 10 }) else {
      return nil
    }
    // onnxruntime: `ConvBnFusion_W_conv1.weight`.
    let name = weight.firstRange(of: "Fusion_W_").map { weight[$0.upperBound...] } ?? weight[...]
    return String(name.dropLast(7))
  }

  fileprivate var pathFromWeight: ONNXModulePath? {
    guard let owner = weightOwner else { return nil }
    return ONNXModulePath(nested: owner.split(separator: "."), operation: opType)
  }

  /// From the name of what the node makes, where it is a word and not a number.
  fileprivate var pathFromOutput: ONNXModulePath? {
    guard let output = outputs.first, output.utf8.count < 1 << 10 else { return nil }
    // PaddlePaddle: `conv2d_0.tmp_0`.
    if let suffix = output.firstRange(of: ".tmp_") {
      return ONNXModulePath(nested: [output[..<suffix.lowerBound]], operation: opType)
    }
    let named = output.split(separator: ":", omittingEmptySubsequences: false)
    var parts = named[0].split(separator: "/")
    let isTensorFlow = named.count == 2 && Int(named[1]) != nil
    guard isTensorFlow || named.count == 1, parts.allSatisfy({ !$0.contains(".") }) else { return nil }
    // TensorFlow: `StatefulPartitionedCall/model/block1/conv/Conv2D:0`.
    if isTensorFlow, let operation = parts.popLast() {
      parts.removeAll { $0.hasSuffix("PartitionedCall") }
      return parts.isEmpty ? nil : ONNXModulePath(nested: parts, operation: String(operation))
    }
    let isNumbered = output == opType || output.hasPrefix("\(opType)_")
    return isNumbered || !output.contains(where: \.isLetter) ? nil : ONNXModulePath(nested: parts, operation: opType)
  }
}

extension ONNXModulePath {
  /// The path that `parts` make, each a module inside the one before.
  fileprivate init?(nested parts: [Substring], operation: String) {
    guard !parts.isEmpty, parts.count <= depthLimit else { return nil }
    let ends = parts.indices.map { parts[...$0].joined(separator: ".") }
    self.init(scopes: ([""] + ends).map { ONNXModuleScope(path: $0) }, operation: operation)
  }
}

/// The names that PyTorch's older exporter gives to nodes: `/layer1/layer1.0/conv1/Conv`.
///
/// A part repeats the one before it where that is a container's. A second call of a module has `_1` behind its last
/// part, a second node of its kind in one call behind the operation.
private struct ScopedNames {
  /// The scopes of the nodes so far, as they are written.
  private var seen: Set<Substring> = []

  mutating func path(of node: ONNXNode) -> ONNXModulePath? {
    guard node.name.hasPrefix("/"), node.name.utf8.count < 1 << 12, let slash = node.name.lastIndex(of: "/") else {
      return nil
    }
    let operation = String(node.name[slash...].dropFirst())
    let scope = node.name[..<slash].dropFirst()
    var parts = scope.split(separator: "/")
    guard parts.count <= depthLimit, !operation.isEmpty else { return nil }
    var call = 0
    if let last = parts.last, let (base, number) = Self.withoutNumber(last) {
      let isRepeat = seen.contains(scope.dropLast(last.count - base.count))
      // The exporter numbers a module's second call even where that makes it another module's name.
      if isRepeat && !Self.ends(node.weightOwner, with: last) || Self.ends(node.weightOwner, with: base) {
        (parts[parts.count - 1], call) = (base, number)
      }
    }
    seen.insert(scope)

    var path = ONNXModulePath(scopes: [ONNXModuleScope(path: "")], operation: operation)
    for (place, part) in parts.enumerated() {
      let container = place > 0 ? "\(parts[place - 1])." : "."
      let inner = part.hasPrefix(container) ? part.dropFirst(container.count) : part
      path.scopes.append(ONNXModuleScope(path: path.path.isEmpty ? String(part) : "\(path.path).\(inner)"))
    }
    guard let last = parts.last else { return path }
    path.scopes[path.scopes.count - 1].call = call
    // A module in a ModuleDict has only its key as a scope.
    if let owner = node.weightOwner, Self.ends(owner, with: last) { path.scopes[path.scopes.count - 1].path = owner }
    return path
  }

  private static func ends(_ owner: String?, with part: Substring) -> Bool {
    guard let owner else { return false }
    return owner == part || owner.hasSuffix(".\(part)")
  }

  /// A name that ends in an underscore and a number, in two.
  private static func withoutNumber(_ name: Substring) -> (base: Substring, number: Int)? {
    guard let underscore = name.lastIndex(of: "_"), let number = Int(name[underscore...].dropFirst()), number > 0 else {
      return nil
    }
    return (name[..<underscore], number)
  }
}

/// The strings in a list as Python prints it: `['', 'layer1', 'layer1.0']`.
private func pythonStrings(_ list: String) -> [String] {
  guard list.utf8.count < 1 << 12 else { return [] }
  var strings: [String] = []
  var current: (quote: Character, text: String)?
  var isEscaped = false
  for character in list {
    guard let (quote, text) = current else {
      if character == "'" || character == "\"" { current = (character, "") }
      continue
    }
    if character == quote, !isEscaped {
      strings.append(text)
      current = nil
    } else {
      isEscaped = character == "\\" && !isEscaped
      if !isEscaped { current = (quote, text + String(character)) }
    }
  }
  return strings
}
